// `cfamily`: processes and pipes.

#include "xv6.h"

static void statuses(void) {
  int status = 0;
  int child = fork();
  if (child == 0)
    exit(747);
  EXPECT(child > 0);
  EXPECT(wait(&status) == child);
  EXPECT(status == 747);
  EXPECT(wait(&status) == -1);
  EXPECT(kill(child) == -1);
}

static void killed(void) {
  int status = 0;
  int child = fork();
  if (child == 0)
    for (;;)
      pause(1);
  EXPECT(kill(child) == 0);
  EXPECT(wait(&status) == child);
  EXPECT(status == -1);
}

static void pipes(void) {
  int ends[2];
  char byte;
  EXPECT(pipe(ends) == 0);
  EXPECT(ends[0] == 3 && ends[1] == 4);
  if (fork() == 0) {
    // Descriptor 1 is the pipe: what is printed goes there.
    close(1);
    EXPECT(dup(ends[1]) == 1);
    close(ends[0]);
    close(ends[1]);
    char *words[] = {"chello", 0};
    exec("chello", words);
    exit(1);
  }
  close(ends[1]);
  printf("child: ");
  while (read(ends[0], &byte, 1) == 1)
    write(1, &byte, 1);
  close(ends[0]);
  EXPECT(wait(0) > 0);
  EXPECT(read(ends[0], &byte, 1) == -1);
}

// A number that only the float unit gives, while another process uses that, too.
static void floats(void) {
  for (int n = 0; n < 2; n++) {
    if (fork() == 0) {
      volatile double sum = 0;
      for (int term = 1; term < 300000; term++)
        sum += 1.0 / ((double)term * term + n);
      // pi squared over 6, and that of the other series.
      double known = n == 0 ? 1.644934 : 1.076674;
      exit(!(sum > known - 1e-5 && sum < known + 1e-5));
    }
  }
  for (int n = 0; n < 2; n++) {
    int status = -1;
    EXPECT(wait(&status) > 0);
    EXPECT(status == 0);
  }
}

int main(void) {
  statuses();
  killed();
  pipes();
  floats();
  int before = uptime();
  EXPECT(pause(2) == 0);
  EXPECT(uptime() >= before + 2);
  EXPECT(getpid() > 2);
  printf("cfamily: OK\n");
  return 0;
}
