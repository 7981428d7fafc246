// What every program here leans on.

#include "xv6.h"
#include <stdarg.h>

int main(int, char **);

// Where programs begin: the kernel passes what it has put on the stack.
void start(int argc, char **argv) {
  exit(main(argc, argv));
}

char *sbrk(int n) {
  return sys_sbrk(n, SBRK_EAGER);
}

char *sbrklazy(int n) {
  return sys_sbrk(n, SBRK_LAZY);
}

uint64 strlen(const char *s) {
  uint64 len = 0;
  while (s[len])
    len++;
  return len;
}

int strcmp(const char *a, const char *b) {
  while (*a && *a == *b)
    a++, b++;
  return (uchar)*a - (uchar)*b;
}

void *memset(void *to, int byte, uint64 n) {
  for (char *at = to; n > 0; n--)
    *at++ = byte;
  return to;
}

// The compiler calls it to copy what is large.
void *memcpy(void *to, const void *from, uint64 n) {
  for (uint64 at = 0; at < n; at++)
    ((char *)to)[at] = ((const char *)from)[at];
  return to;
}

// Each block has its size in front, and is in a list once it is free.
struct block {
  uint64 size;
  struct block *next;
};

static struct block *free_blocks;

void *malloc(uint64 n) {
  n = (n + 15) & ~15UL;
  for (struct block **at = &free_blocks; *at; at = &(*at)->next) {
    struct block *found = *at;
    if (found->size >= n) {
      *at = found->next;
      return found + 1;
    }
  }
  struct block *new = (struct block *)sbrk(sizeof *new + n);
  if (new == (struct block *)-1)
    return 0;
  new->size = n;
  return new + 1;
}

void free(void *memory) {
  struct block *block = (struct block *)memory - 1;
  block->next = free_blocks;
  free_blocks = block;
}

static void put(const char *s, uint64 len) {
  write(1, s, len);
}

static void put_number(int n) {
  char digits[12];
  int at = sizeof digits;
  uint left = n < 0 ? -(uint)n : n;
  do {
    digits[--at] = '0' + left % 10;
    left /= 10;
  } while (left);
  if (n < 0)
    digits[--at] = '-';
  put(digits + at, sizeof digits - at);
}

void printf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  for (; *format; format++) {
    if (*format != '%') {
      put(format, 1);
      continue;
    }
    switch (*++format) {
    case 'd':
      put_number(va_arg(arguments, int));
      break;
    case 's': {
      const char *s = va_arg(arguments, const char *);
      put(s, strlen(s));
      break;
    }
    default:
      put(format, 1);
    }
  }
  va_end(arguments);
}

void expect(int holds, int line, const char *what) {
  if (!holds) {
    printf("line %d: expected %s\n", line, what);
    exit(1);
  }
}
