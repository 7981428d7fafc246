// xv6's interface as a C program sees it: xv6-riscv at 9dbd536, and the MIT labs' calls.
// Written out once more, and not made of kernel/abi: so a wrong number there is found here.

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long uint64;

enum {
  O_RDONLY = 0x000, O_WRONLY = 0x001, O_RDWR = 0x002, O_CREATE = 0x200, O_TRUNC = 0x400,
  O_NOFOLLOW = 0x800,
};

enum { T_DIR = 1, T_FILE = 2, T_DEVICE = 3, T_SYMLINK = 4 };

enum { SBRK_EAGER = 1, SBRK_LAZY = 2 };

enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2 };

struct stat {
  int dev;
  uint ino;
  short type;
  short nlink;
  uint64 size;
};

struct dirent {
  ushort inum;
  char name[14];
};

struct sysinfo {
  uint64 freemem;
  uint64 nproc;
};

// System calls: usys.S.
int fork(void);
int exit(int) __attribute__((noreturn));
int wait(int *);
int pipe(int *);
int read(int, void *, int);
int kill(int);
int exec(const char *, char **);
int fstat(int, struct stat *);
int chdir(const char *);
int dup(int);
int getpid(void);
char *sys_sbrk(int, int);
int pause(int);
int uptime(void);
int open(const char *, int);
int write(int, const void *, int);
int mknod(const char *, short, short);
int unlink(const char *);
int link(const char *, const char *);
int mkdir(const char *);
int close(int);
int sysinfo(struct sysinfo *);
int sigalarm(int, void (*)(void));
int sigreturn(void);
int symlink(const char *, const char *);
char *mmap(void *, uint64, int, int, int, int);
int munmap(void *, uint64);
int pgaccess(void *, int, void *);

// A little library: ulib.c.
char *sbrk(int);
char *sbrklazy(int);
uint64 strlen(const char *);
int strcmp(const char *, const char *);
void *memset(void *, int, uint64);
void *malloc(uint64);
void free(void *);
// Knows %d, %s and %%.
void printf(const char *, ...);
// Ends the program with status 1, and says which line expected what, unless `holds`.
void expect(int holds, int line, const char *what);
#define EXPECT(condition) expect((condition), __LINE__, #condition)
