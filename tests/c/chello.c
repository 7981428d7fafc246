// `chello`: the least that a program can do.

#include "xv6.h"

int main(void) {
  printf("hello from C, %d%%\n", 100);
  return 0;
}
