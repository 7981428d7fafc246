// `cmemory`: memory, as a program gets it and gives it back.

#include "xv6.h"

enum { PAGE = 4096 };

int main(void);

// In .bss and in .data; they begin as C says.
static volatile char zeros[3 * PAGE];
static volatile int seven = 7;

static int status_of(void (*act)(char *), char *at) {
  int status = 0;
  if (fork() == 0) {
    act(at);
    exit(0);
  }
  EXPECT(wait(&status) > 0);
  return status;
}

static void touch(char *at) {
  *(volatile char *)at = 1;
}

static void breaks(void) {
  char *end = sbrk(0);
  EXPECT(sbrk(PAGE) == end);
  EXPECT(end[PAGE - 1] == 0);
  end[PAGE - 1] = 1;
  EXPECT(sbrk(-PAGE) == end + PAGE);
  EXPECT(sbrk(0) == end);
  // Behind the end is nothing; in front of the stack is its guard, and text cannot be written.
  EXPECT(status_of(touch, end + PAGE) == -1);
  EXPECT(status_of(touch, (char *)main) == -1);
  EXPECT(sbrklazy(64 << 20) == end);
  for (int n = 0; n < 64; n++)
    end[n << 20] = n;
  EXPECT(end[63 << 20] == 63 && end[(63 << 20) + PAGE] == 0);
  EXPECT(sbrk(-(64 << 20)) == end + (64 << 20));
}

// What only the kernel would do to memory.
static void bounds(void) {
  char *end = sbrk(0);
  // To give back more than there is gives nothing back, and is no error.
  EXPECT(sbrk(-((int)(uint64)end + 1)) == end);
  EXPECT(sbrk(0) == end);
  // Where programs may not have anything, no system call takes or leaves a byte.
  uint64 bad[] = {0x3fffffc000, 0x3fffffd000, 0x3fffffe000,
                  0x3ffffff000, 0x4000000000, 0x8000000000};
  for (int n = 0; n < sizeof bad / sizeof *bad; n++) {
    int from = open("echo", O_RDONLY), to = open("junk", O_CREATE | O_RDWR | O_TRUNC);
    EXPECT(from >= 0 && to >= 0);
    EXPECT(read(from, (char *)bad[n], 512) == -1);
    EXPECT(write(to, (char *)bad[n], 512) == -1);
    close(from);
    close(to);
  }
  EXPECT(unlink("junk") == 0);
}

static void blocks(void) {
  char *blocks[40];
  for (int round = 0; round < 3; round++) {
    for (int n = 0; n < 40; n++) {
      EXPECT((blocks[n] = malloc(100 * n + 1)) != 0);
      memset(blocks[n], n, 100 * n + 1);
    }
    for (int n = 0; n < 40; n++) {
      EXPECT(blocks[n][0] == n && blocks[n][100 * n] == n);
      free(blocks[n]);
    }
  }
}

int main(void) {
  for (int n = 0; n < sizeof zeros; n++)
    EXPECT(zeros[n] == 0);
  EXPECT(seven == 7);
  breaks();
  bounds();
  blocks();
  printf("cmemory: OK\n");
  return 0;
}
