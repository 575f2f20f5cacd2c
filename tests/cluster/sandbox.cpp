#include "sandbox.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace dnc::cluster {
namespace {

int failed(const char* what) {
  std::perror(what);
  std::fprintf(stderr, "cluster_test needs root and namespaces of its own: unshare(2)\n");
  return 1;
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The first process of the namespace: takes in orphans. When it ends, the kernel ends the others.
int init(const std::function<int()>& body) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("mount /");
  if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) return failed("mount /proc");
  if (std::system("ip link set lo up") != 0) return failed("ip link set lo up");
  const pid_t tests = ::fork();
  if (tests < 0) return failed("fork");
  if (tests == 0) {
    const int code = body();
    std::fflush(nullptr);
    ::_exit(code);
  }
  for (;;) {
    int status = 0;
    const pid_t ended = ::wait(&status);
    if (ended == tests) return exit_code(status);
    if (ended < 0) return failed("wait");
  }
}

}  // namespace

int run_in_sandbox(const std::function<int()>& body) {
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) != 0) return failed("unshare");
  const pid_t first = ::fork();
  if (first < 0) return failed("fork");
  if (first == 0) ::_exit(init(body));
  int status = 0;
  if (::waitpid(first, &status, 0) != first) return failed("waitpid");
  return exit_code(status);
}

}  // namespace dnc::cluster
