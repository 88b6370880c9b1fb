# Libraries from Debian packages, as imported targets.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.83 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(sqlcipher REQUIRED IMPORTED_TARGET sqlcipher)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)

# SQLCipher 3 answers to the same pkg-config name; its version there is SQLite's. SQLite 3.46 is the first that we test.
if(sqlcipher_VERSION VERSION_LESS 3.40)
  message(FATAL_ERROR "SQLCipher 4 is needed (its SQLite is 3.40 or later); this one is ${sqlcipher_VERSION}. Run packaging/setup.")
endif()
