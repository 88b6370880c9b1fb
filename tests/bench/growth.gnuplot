# What grows with an archive: growth.txt of rows/growth.sh, one panel a column.
set terminal svg size 960,540 font "sans-serif,12" background "#ffffff"
set output picture
set multiplot layout 2,3 title "What an archive costs as it grows (items, logarithmic)"
set logscale x
set format x "10^{%L}"
set yrange [0:*]
set grid ytics
unset key
set style data linespoints
set linetype 1 linewidth 2 pointtype 7 linecolor rgb "#205080"
set title "submit, acts a second";              plot "growth.txt" using 1:2
set title "retrieve one item, ms";              plot "growth.txt" using 1:3
set title "find by crime, ms";                  plot "growth.txt" using 1:4
set title "start, seconds";                     plot "growth.txt" using 1:5
set title "deponed verify, seconds";            plot "growth.txt" using 1:6
set title "on disk, bytes an item";             plot "growth.txt" using 1:7
unset multiplot
