// `cargs [word…]`: prints its words; with none, execs itself with some.

#include "xv6.h"

int main(int argc, char **argv) {
  if (argc == 1) {
    char *words[] = {"cargs", "one", "two words", "", 0};
    exec("nosuchprogram", words);
    exec("cargs", words);
    printf("exec failed\n");
    return 1;
  }
  EXPECT(argv[argc] == 0);
  // The stack is 16-byte aligned, and its strings are.
  EXPECT((uint64)argv % 16 == 0);
  printf("%d words:", argc);
  for (int n = 0; n < argc; n++)
    printf(" [%s]", argv[n]);
  printf("\n");
  return argc;
}
