# Warnings, hardening and sanitizers in one interface target, which every folder's target links.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(depone_options INTERFACE)
target_include_directories(depone_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(depone_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Woverloaded-virtual
  -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference -Wformat=2
  -fstack-protector-strong -fstack-clash-protection)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 and 13 see overruns in vector::insert and string operations that are not there (GCC bugs 105329, 107852).
  target_compile_options(depone_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-restrict;-Wno-maybe-uninitialized;-Wno-null-dereference;-Wno-mismatched-new-delete>)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  target_compile_options(depone_options INTERFACE -fcf-protection)
endif()
target_link_options(depone_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(DEPONE_SANITIZE)
  if(DEPONE_SANITIZE MATCHES "thread")
    target_compile_options(depone_options INTERFACE -Wno-tsan)  # Asio's fences: GCC says that it does not model them
  endif()
  target_compile_options(depone_options INTERFACE -fsanitize=${DEPONE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-null-dereference)
  target_link_options(depone_options INTERFACE -fsanitize=${DEPONE_SANITIZE})
  if(DEPONE_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      message(FATAL_ERROR "DEPONE_FUZZ needs Clang, which has libFuzzer: packaging/setup --fuzz installs it")
    endif()
    target_compile_options(depone_options INTERFACE -fsanitize=fuzzer-no-link)
  endif()
else()
  target_compile_options(depone_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=2>)
endif()

# depone_library(NAME [FOLDER]): a static library of the sources in a folder (this one), with the options above.
function(depone_library name)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  if(ARGC GREATER 1)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${ARGV1})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC depone_options)
endfunction()
