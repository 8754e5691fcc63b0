#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop: calls `run` with one input after another, and takes its options from the arguments.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*run)(const uint8_t *bytes, size_t length));
