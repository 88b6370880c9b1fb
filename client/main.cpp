#include "client/cli/cli.h"

int main(int argc, char** argv) { return depone::client::cli::run(argc, argv); }
