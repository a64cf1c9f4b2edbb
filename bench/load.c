/* Asks a DNS server on loopback from many source addresses, as many homes do.
 *
 *   load PORT SECONDS FIRST SOURCES WINDOW NAMES
 *
 * FIRST is a dotted IPv4 address, from which SOURCES addresses count up; each question takes one of
 * them and one of the names (one a line of the file NAMES) by chance. At most WINDOW questions are
 * without an answer. Prints "answers closed lost": closed are those that lead to 192.0.2.53 or are
 * NXDOMAIN; lost ones were given up after a fifth of a second.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BURST = 32, LONGEST = 300, MOST_NAMES = 50000, ANSWER = 1500 };

static uint8_t question[MOST_NAMES][LONGEST];
static int length[MOST_NAMES];
static uint64_t state = 0x9e3779b97f4a7c15ULL;

static uint64_t chance(void) { /* xorshift64* */
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1dULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* Writes the question for the address of a dotted name; returns its length. */
static int write_question(uint8_t *out, const char *name) {
  uint8_t *at = out;
  memset(at, 0, 12);
  at[2] = 1; /* recursion desired */
  at[5] = 1; /* one question */
  at += 12;
  while (*name) {
    size_t label = strcspn(name, ".");
    *at++ = (uint8_t)label;
    memcpy(at, name, label);
    at += label;
    name += label + (name[label] == '.');
  }
  *at++ = 0;
  memcpy(at, "\0\1\0\1", 4); /* A, IN */
  return (int)(at + 4 - out);
}

static int read_names(const char *path) {
  char line[LONGEST];
  int names = 0;
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  while (names < MOST_NAMES && fgets(line, 256, file)) {
    line[strcspn(line, "\r\n")] = 0;
    if (*line) {
      length[names] = write_question(question[names], line);
      names++;
    }
  }
  fclose(file);
  return names;
}

static struct mmsghdr out[BURST], in[BURST];
static struct iovec out_part[BURST], in_part[BURST];
static char control[BURST][CMSG_SPACE(sizeof(struct in_pktinfo))], answer[BURST][ANSWER];

static void prepare(struct sockaddr_in *server) {
  for (int i = 0; i < BURST; i++) {
    struct msghdr *head = &out[i].msg_hdr;
    head->msg_name = server;
    head->msg_namelen = sizeof *server;
    head->msg_iov = &out_part[i];
    head->msg_iovlen = 1;
    head->msg_control = control[i];
    head->msg_controllen = sizeof control[i];
    struct cmsghdr *kind = CMSG_FIRSTHDR(head);
    kind->cmsg_level = IPPROTO_IP;
    kind->cmsg_type = IP_PKTINFO;
    kind->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    in_part[i].iov_base = answer[i];
    in_part[i].iov_len = ANSWER;
    in[i].msg_hdr.msg_iov = &in_part[i];
    in[i].msg_hdr.msg_iovlen = 1;
  }
}

static int ask(int s, int names, uint32_t first, uint32_t sources) {
  for (int i = 0; i < BURST; i++) {
    int which = (int)(chance() % (uint64_t)names);
    out_part[i].iov_base = question[which];
    out_part[i].iov_len = (size_t)length[which];
    struct in_pktinfo from = {0};
    from.ipi_spec_dst.s_addr = htonl(first + (uint32_t)(chance() % sources));
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&out[i].msg_hdr)), &from, sizeof from);
  }
  int sent = sendmmsg(s, out, BURST, 0);
  return sent > 0 ? sent : 0;
}

int main(int count, char **given) {
  if (count != 7) return 2;
  double seconds = atof(given[2]);
  uint32_t first = ntohl(inet_addr(given[3])), sources = (uint32_t)atol(given[4]);
  long window = atol(given[5]), sent = 0, got = 0, closed = 0, lost = 0;
  int names = read_names(given[6]), room = 8 << 20;
  if (!names || !sources) return 2;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  struct sockaddr_in any = {.sin_family = AF_INET};
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(given[1]))};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(s, (struct sockaddr *)&any, sizeof any)) return 1;
  prepare(&server);
  double begun = now(), heard = begun;
  while (now() - begun < seconds) {
    if (sent - got - lost < window) sent += ask(s, names, first, sources);
    int found;
    while ((found = recvmmsg(s, in, BURST, MSG_DONTWAIT, 0)) > 0) {
      got += found;
      heard = now();
      for (int i = 0; i < found; i++) {
        unsigned size = in[i].msg_len;
        int is_page = size > 12 && !memcmp(answer[i] + size - 4, "\300\0\2\65", 4);
        closed += is_page || (answer[i][3] & 15) == 3;
      }
      if (found < BURST) break;
    }
    if (sent - got - lost >= window) { /* Never asleep: to wake us would be work of the server. */
      for (volatile int i = 0; i < 2000; i++) continue;
      if (now() - heard > 0.2) {
        lost = sent - got;
        heard = now();
      }
    }
  }
  printf("%ld %ld %ld\n", got, closed, lost);
  return 0;
}
