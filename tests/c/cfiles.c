// `cfiles`: files and directories, and the records that tell of them.

#include "xv6.h"

static struct stat stat_of(const char *path) {
  struct stat it;
  int fd = open(path, O_RDONLY);
  EXPECT(fd >= 0);
  EXPECT(fstat(fd, &it) == 0);
  close(fd);
  return it;
}

static void contents(void) {
  char bytes[100];
  int fd = open("cfile", O_CREATE | O_RDWR);
  EXPECT(fd == 3);
  EXPECT(write(fd, "0123456789", 10) == 10);
  EXPECT(read(fd, bytes, 1) == 0);
  close(fd);
  fd = open("cfile", O_RDONLY);
  EXPECT(read(fd, bytes, 4) == 4 && bytes[0] == '0' && bytes[3] == '3');
  EXPECT(read(fd, bytes, 100) == 6 && bytes[0] == '4' && bytes[5] == '9');
  EXPECT(read(fd, bytes, 100) == 0);
  EXPECT(write(fd, "x", 1) == -1);
  close(fd);
  struct stat it = stat_of("cfile");
  EXPECT(it.dev == 1 && it.type == T_FILE && it.nlink == 1 && it.size == 10);
  fd = open("cfile", O_WRONLY | O_TRUNC);
  EXPECT(read(fd, bytes, 1) == -1);
  close(fd);
  EXPECT(stat_of("cfile").size == 0);
}

static void names(void) {
  struct dirent entry;
  char found[3] = {0, 0, 0};
  EXPECT(mkdir("cdir") == 0);
  EXPECT(mkdir("cdir") == -1);
  EXPECT(link("cfile", "cdir/one") == 0);
  EXPECT(stat_of("cfile").nlink == 2);
  EXPECT(unlink("cfile") == 0);
  EXPECT(unlink("cdir") == -1);
  EXPECT(chdir("cdir") == 0);
  EXPECT(mknod("device", 7, 3) == 0);
  EXPECT(stat_of("device").type == T_DEVICE);
  int fd = open(".", O_RDONLY);
  EXPECT(fd >= 0);
  while (read(fd, &entry, sizeof entry) == sizeof entry) {
    found[0] += entry.inum && !strcmp(entry.name, "one");
    found[1] += entry.inum && !strcmp(entry.name, "device");
    found[2] += entry.inum && !strcmp(entry.name, "..");
  }
  close(fd);
  EXPECT(found[0] == 1 && found[1] == 1 && found[2] == 1);
  EXPECT(stat_of(".").type == T_DIR && stat_of(".").size % sizeof entry == 0);
  EXPECT(stat_of("..").ino == 1);
  EXPECT(unlink("one") == 0 && unlink("device") == 0);
  EXPECT(chdir("..") == 0);
  EXPECT(unlink("cdir") == 0);
  EXPECT(open("cdir", O_RDONLY) == -1);
}

// As long as xv6's format lets a file be: 268 blocks.
static void largest(void) {
  static char block[1024];
  int fd = open("clarge", O_CREATE | O_RDWR);
  int n_blocks = 0;
  while (write(fd, block, sizeof block) == sizeof block)
    n_blocks++;
  close(fd);
  EXPECT(n_blocks == 268);
  EXPECT(unlink("clarge") == 0);
}

int main(void) {
  EXPECT(sizeof(struct stat) == 24 && sizeof(struct dirent) == 16);
  contents();
  names();
  largest();
  printf("cfiles: OK\n");
  return 0;
}
