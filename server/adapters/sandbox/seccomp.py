"""The seccomp filter: the system calls that a candidate's program may make. All others fail with ENOSYS.

`clone3` is not allowed, so libc falls back to `clone`, whose flags the filter can check: no new namespaces. Not
allowed are sockets except pairs, tracing, mounts, keys, BPF and io_uring. Nor is memory that no process shows from
outside: no memory files, no shared memory without a file, no huge pages, no descriptors on their way in a
socket, no larger buffers for it.
"""

import os
from functools import cache

_ALLOWED = """
access alarm arch_prctl brk capget chdir chmod clock_getres clock_gettime clock_nanosleep close close_range
copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait
eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fchdir fchmod
fchmodat fcntl fdatasync flock fork fstat fstatfs fsync ftruncate futex futex_waitv get_mempolicy
get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer
getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage
getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init
inotify_init1 inotify_rm_watch kill lgetxattr link linkat listxattr lseek lstat madvise membarrier
mincore mkdir mkdirat mlock mlock2 mprotect mremap msync munlock munmap nanosleep
newfstatat open openat openat2 pause pidfd_open pipe pipe2 poll ppoll prctl pread64 preadv preadv2 prlimit64
pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg rename
renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_getaffinity sched_getattr
sched_get_priority_max sched_get_priority_min sched_getparam sched_getscheduler sched_setaffinity
sched_yield select sendfile sendto set_robust_list set_tid_address setitimer setpgid
setpriority setrlimit setsid shutdown sigaltstack splice stat statfs statx symlink symlinkat
sync_file_range sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink
unlinkat utime utimensat utimes vfork wait4 waitid write writev
"""
# CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
# Queries about terminals and pipes, and none that types into a terminal. Like the kernel, compare 32 bits only.
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x540F)
_AF_UNIX = 1
_MAP_SHARED, _MAP_PRIVATE, _MAP_SHARED_VALIDATE, _MAP_TYPES = 1, 2, 3, 0xF
_MAP_ANONYMOUS, _MAP_HUGETLB = 0x20, 0x40000


@cache
def program() -> bytes:
    """The filter as BPF, for bubblewrap to load; ImportError where libseccomp is missing."""
    try:
        from pyseccomp import ALLOW, EQ, ERRNO, MASKED_EQ, Arg, SyscallFilter
    except RuntimeError:
        # pyseccomp holds no library of its own; on Debian apt itself brings libseccomp2 along
        raise ImportError("libseccomp is not there: install the package libseccomp2") from None

    rules = SyscallFilter(ERRNO(38))
    for name in _ALLOWED.split():
        try:
            rules.add_rule(ALLOW, name)
        except (OSError, ValueError):
            continue  # not a call of this architecture
    rules.add_rule(ALLOW, "clone", Arg(0, MASKED_EQ, _NEW_NAMESPACES, 0))
    rules.add_rule(ALLOW, "socketpair", Arg(0, EQ, _AF_UNIX))
    rules.add_rule(ALLOW, "mmap", Arg(3, MASKED_EQ, _MAP_TYPES | _MAP_HUGETLB, _MAP_PRIVATE))
    for kind in (_MAP_SHARED, _MAP_SHARED_VALIDATE):
        rules.add_rule(ALLOW, "mmap", Arg(3, MASKED_EQ, _MAP_TYPES | _MAP_ANONYMOUS | _MAP_HUGETLB, kind))
    for request in _IOCTLS:
        rules.add_rule(ALLOW, "ioctl", Arg(1, MASKED_EQ, 0xFFFFFFFF, request))
    # EPERM instead of ENOSYS, because programs expect it for these calls.
    rules.add_rule(ERRNO(1), "socket")
    rules.add_rule(ERRNO(1), "ptrace")
    return _export_bpf(rules)


def _export_bpf(rules: object) -> bytes:
    fd = os.memfd_create("viva-seccomp")
    with os.fdopen(fd, "w+b") as file:
        rules.export_bpf(file)  # type: ignore[attr-defined]
        file.seek(0)
        return file.read()
