// `clabs`: the calls that MIT's labs add.

#include "xv6.h"

enum { PAGE = 4096 };

static volatile int n_alarms;

static void on_alarm(void) {
  n_alarms++;
  sigreturn();
}

static void alarms(void) {
  EXPECT(sigalarm(1, on_alarm) == 0);
  // What it computes is not changed by what interrupts it.
  uint64 sum = 0, n = 0;
  for (; n_alarms < 3 && n < 4000000000UL; n++)
    sum += n;
  EXPECT(sigalarm(0, 0) == 0);
  EXPECT(sum == n * (n - 1) / 2);
}

static void links(void) {
  char byte = 0;
  struct stat it;
  int fd = open("ctarget", O_CREATE | O_WRONLY);
  EXPECT(write(fd, "t", 1) == 1);
  close(fd);
  EXPECT(symlink("ctarget", "clink") == 0);
  fd = open("clink", O_RDONLY);
  EXPECT(read(fd, &byte, 1) == 1 && byte == 't');
  close(fd);
  fd = open("clink", O_RDONLY | O_NOFOLLOW);
  EXPECT(fstat(fd, &it) == 0 && it.type == T_SYMLINK);
  close(fd);
  EXPECT(unlink("ctarget") == 0);
  EXPECT(open("clink", O_RDONLY) == -1);
  EXPECT(unlink("clink") == 0);
}

static void maps(void) {
  char byte = 0;
  int fd = open("cmap", O_CREATE | O_RDWR);
  static char page[PAGE];
  memset(page, 'p', PAGE);
  EXPECT(write(fd, page, PAGE) == PAGE);
  char *at = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  EXPECT(at != (char *)-1);
  close(fd);
  EXPECT(at[0] == 'p' && at[PAGE - 1] == 'p');
  at[0] = 'm';
  EXPECT(munmap(at, PAGE) == 0);
  fd = open("cmap", O_RDONLY);
  EXPECT(read(fd, &byte, 1) == 1 && byte == 'm');
  close(fd);
  EXPECT(unlink("cmap") == 0);
}

static void pages(void) {
  static char bytes[8 * PAGE];
  char *first = (char *)(((uint64)bytes + PAGE - 1) & ~(uint64)(PAGE - 1));
  uint touched = 0;
  for (int n = 0; n < 7; n++)
    first[n * PAGE] = 1;
  EXPECT(pgaccess(first, 7, &touched) == 0);
  touched = 0;
  first[2 * PAGE]++;
  first[5 * PAGE]++;
  EXPECT(pgaccess(first, 7, &touched) == 0);
  EXPECT(touched == (1 << 2 | 1 << 5));
}

int main(void) {
  struct sysinfo info;
  EXPECT(sysinfo(&info) == 0);
  EXPECT(info.nproc >= 3 && info.freemem > 0 && info.freemem % PAGE == 0);
  EXPECT(sysinfo((struct sysinfo *)0xeaeb0b5b00002f5eUL) == -1);
  // The page that every process may read its number from.
  EXPECT(*(int *)0x3fffffd000UL == getpid());
  alarms();
  links();
  maps();
  pages();
  printf("clabs: OK\n");
  return 0;
}
