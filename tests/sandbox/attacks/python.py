"""Hostile Python, by name: the program, and what must come of it.

`prints` is what it must print: each program prints what it got away with, so mostly that is nothing or "kept in".
`ends` lists the ways in which it may end.
"""

from tests.sandbox.attacks.attack import Attack

_TRIED = """
import os, sys
def tried(what):
    try:
        got = what()
    except BaseException as e:
        print("kept in", type(e).__name__)
    else:
        print("GOT", str(got)[:200])
"""
_RAW = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(name, number, *args):
    r = libc.syscall(number, *args)
    print(name, "GOT" if r >= 0 else "kept in")
"""

PYTHON = [
    Attack("fork bomb", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", ends="any"),
    Attack(
        "thread bomb",
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(60,)).start()",
        ends=("runtime_error", "memory_limit", "time_limit"),
    ),
    Attack("memory in one piece", "x = bytearray(10 ** 10)", ends=("memory_limit",)),
    Attack("memory in small pieces", "x = []\nwhile True: x.append('a' * 10 ** 6)", ends=("memory_limit",)),
    Attack(
        "memory in many processes",
        "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        x = bytearray(b'a' * 200_000_000)\n"
        "        time.sleep(60)\ntime.sleep(60)",
        ends=("memory_limit", "time_limit"),
    ),
    Attack("output flood", "while True: print('x' * 1000)", ends=("output_limit",)),
    Attack("error flood", "import sys\nwhile True: sys.stderr.write('x' * 1000)", ends=("output_limit",)),
    Attack(
        "disk fill",
        _TRIED
        + "def fill():\n    with open('/tmp/x', 'wb') as f:\n        while True: f.write(b'x' * 10 ** 6)\ntried(fill)",
        prints="kept in OSError",
        ends=("finished", "runtime_error", "memory_limit"),
    ),
    Attack(
        "disk fill with many files",
        _TRIED
        + "def fill():\n    n = 0\n    while True:\n        n += 1\n        with open(f'/tmp/{n}', 'wb') as f: f.write(b'x' * 10 ** 6)\n"
        "tried(fill)",
        prints="kept in OSError",
        ends=("finished",),
    ),
    Attack(
        "shared memory fill",
        _TRIED + "tried(lambda: open('/dev/shm/x', 'wb'))",
        prints="kept in OSError",
        ends=("finished",),
    ),
    Attack(
        "a daemon that outlives the run",
        "import os, time, sys\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        for fd in range(3): os.close(fd)\n"
        "        while True: time.sleep(1)\nprint('parent is done')",
        prints="parent is done",
        ends=("finished",),
    ),
    Attack(
        "a daemon that ignores signals",
        "import os, signal, time\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"
        "while True: time.sleep(1)",
        ends=("time_limit",),
    ),
    Attack(
        "files of the host",
        _TRIED
        + "for p in ('/etc/passwd', '/etc/shadow', '/root', '/home', '/var/log', '/proc/1/root/etc', '/work', '/opt/viva'):\n"
        "    tried(lambda: os.stat(p))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "other processes",
        "import os\npids = [p for p in os.listdir('/proc') if p.isdigit()]\nprint('GOT' if len(pids) > 4 else 'kept in')",
        prints="kept in",
        ends=("finished",),
    ),
    Attack(
        "the first process's memory",
        _TRIED
        + """
tried(lambda: open('/proc/1/maps').read())
tried(lambda: os.open('/proc/1/mem', os.O_RDONLY))
tried(lambda: os.open('/proc/1/mem', os.O_WRONLY))
tried(lambda: os.open('/proc/1/task/1/mem', os.O_RDWR))
def write():
    # an address that is mapped
    start, end = open('/proc/1/maps').readline().split()[0].split('-')
    memory = os.open('/proc/1/mem', os.O_RDWR)
    return os.pread(memory, 16, int(start, 16)), os.pwrite(memory, b'x', int(end, 16) - 1)
tried(write)
""",
        prints="kept in PermissionError",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "the first process's files and secrets",
        _TRIED
        + "for name in ('environ', 'auxv', 'syscall', 'stack', 'exe', 'cwd', 'root', 'fd', 'fdinfo', 'map_files', 'pagemap',"
        " 'clear_refs', 'io', 'smaps', 'timers', 'personality', 'ns/pid'):\n"
        "    tried(lambda: os.open('/proc/1/' + name, os.O_RDONLY))\n"
        "for name in ('oom_score_adj', 'coredump_filter', 'comm', 'clear_refs', 'uid_map', 'setgroups', 'sched'):\n"
        "    tried(lambda: os.open('/proc/1/' + name, os.O_WRONLY))",
        prints="kept in PermissionError",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "the first process's descriptors and memory by system call",
        _RAW + "import struct\nbuffer = ctypes.create_string_buffer(64)\n"
        "vector = struct.pack('QQ', ctypes.addressof(buffer), 64)\nremote = struct.pack('QQ', 0x400000, 64)\n"
        "call('readv', 310, 1, vector, 1, remote, 1, 0)\ncall('writev', 311, 1, vector, 1, remote, 1, 0)\n"
        "handle = libc.syscall(434, 1, 0)\ncall('getfd', 438, handle, 0, 0)\ncall('madvise', 440, handle, remote, 1, 21, 0)\n"
        "call('attach', 101, 16, 1, 0, 0)\ncall('seize', 101, 0x4206, 1, 0, 0)\ncall('kcmp', 312, 1, 2, 0, 0, 0)\n"
        "call('move_pages', 279, 1, 1, 0, 0, 0, 0)\ncall('setns', 308, handle, 0x20000000)",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "a first process that lives on",
        """
import os, sys, time
# Machine code: prctl(PR_SET_PDEATHSIG, 0), then pause() for ever.
code = bytes.fromhex('b89d000000bf0100000031f60f05b8220000000f05ebf7')
try:
    here = int(open('/proc/1/syscall').read().split()[-1], 16)
    print('GOT', os.pwrite(os.open('/proc/1/mem', os.O_RDWR), code, here))
except (OSError, ValueError):
    print('kept in')
sys.stdout.flush()
if os.fork() == 0: os._exit(0)  # its end wakes the first process
while True: time.sleep(1)
""",
        prints="kept in",
        never="GOT",
        ends=("time_limit",),
    ),
    Attack(
        "every signal to the first process",
        "import os, signal\nfor s in range(1, 65):\n    for send in (os.kill, os.killpg):\n"
        "        try: send(1, s)\n        except OSError: pass\nimport time\nwhile True: time.sleep(1)",
        ends=("time_limit", "runtime_error"),
    ),
    Attack(
        "limits and priorities of the first process",
        "import os, resource\nfor limit in range(16):\n    try: resource.prlimit(1, limit, (0, 0))\n    except (OSError, ValueError): pass\n"
        "try: os.setpriority(os.PRIO_PROCESS, 1, 19)\nexcept OSError: pass\nwhile True: pass",
        ends=("time_limit", "runtime_error"),
    ),
    Attack(
        "pipes that stay open",
        "import os, signal, sys, time\nfor n in range(12):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        for s in range(1, 65):\n            try: signal.signal(s, signal.SIG_IGN)\n            except (OSError, ValueError): pass\n"
        "        while True: time.sleep(1)\nprint('left')\nsys.stdout.flush()\nos.kill(os.getpid(), signal.SIGKILL)",
        prints="left",
        ends=("runtime_error",),
    ),
    Attack(
        "a death signal that is cleared",
        _RAW + "import time\nprint('did it', libc.prctl(1, 0, 0, 0, 0))\n"
        "if os.fork() == 0: libc.prctl(1, 0, 0, 0, 0)\nimport sys; sys.stdout.flush()\nwhile True: time.sleep(1)",
        prints="did it",
        ends=("time_limit",),
    ),
    Attack(
        "a process that cannot be inspected",
        _RAW + "libc.prctl(4, 0, 0, 0, 0)\nx = []\nwhile True: x.append(b'a' * 10 ** 6)\n",
        ends=("memory_limit",),
    ),
    Attack(
        "a frame that is never finished",
        "import os, time\nfor fd in range(3, 64):\n    try: os.write(fd, (10 ** 6).to_bytes(4, 'big') + b'{')\n"
        "    except OSError: pass\nwhile True: time.sleep(1)",
        ends=("time_limit",),
    ),
    Attack(
        "memory that no process shows",
        _TRIED
        + """
import ctypes, mmap
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    got = libc.syscall(number, *args)
    if got < 0: raise OSError(ctypes.get_errno())
    return got
M = mmap
tried(lambda: os.memfd_create('x'))
tried(lambda: call(319, b'x', 0))
tried(lambda: call(319, b'x', 4))
tried(lambda: call(447, 0))
tried(lambda: call(29, 0, 10 ** 6, 0o1600))
tried(lambda: call(240, b'x', 0o102, 0o600, 0))
tried(lambda: M.mmap(-1, 10 ** 6))
tried(lambda: M.mmap(-1, 10 ** 6, flags=M.MAP_SHARED | M.MAP_ANONYMOUS))
tried(lambda: M.mmap(-1, 10 ** 6, flags=3 | M.MAP_ANONYMOUS))
tried(lambda: M.mmap(-1, 1 << 21, flags=M.MAP_PRIVATE | M.MAP_ANONYMOUS | 0x40000))
tried(lambda: M.mmap(os.open('/dev/zero', os.O_RDWR), 10 ** 6, flags=M.MAP_SHARED))
for folder in ('/', '/dev', '/dev/shm', '/run/viva', '/usr'):
    tried(lambda: os.open(folder, os.O_TMPFILE | os.O_RDWR))
""",
        prints="kept in",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "shared memory in many small pieces",
        "import mmap\nheld = []\nwhile True:\n    m = mmap.mmap(-1, 10 ** 7)\n    m.write(b'x' * 10 ** 7)\n"
        "    m.madvise(mmap.MADV_DONTNEED)\n    held.append(m)",
        ends=("runtime_error",),
    ),
    Attack(
        "memory in files without names",
        _TRIED
        + "def fill():\n    files = []\n    while True:\n        fd = os.open('/tmp', os.O_TMPFILE | os.O_RDWR)\n"
        "        files.append(fd)\n        os.posix_fallocate(fd, 0, 4 * 10 ** 6)\ntried(fill)",
        prints="kept in OSError",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "a million files",
        "import os\nfor _ in range(3): os.fork()\nmine = f'/tmp/{os.getpid()}-'\nn = 0\nwhile True:\n    n += 1\n"
        "    try: os.close(os.open(mine + str(n), os.O_CREAT))\n    except OSError: pass",
        ends=("memory_limit",),
    ),
    Attack(
        "memory in sockets",
        "import _socket, os, time\nfor _ in range(25):\n    if os.fork() == 0:\n        held = []\n        while True:\n"
        "            try: pair = _socket.socketpair(1, 1)\n            except OSError: break\n            held.append(pair)\n"
        "            for end in pair:\n                end.setblocking(False)\n                try:\n"
        "                    while True: end.send(b'x' * 100000)\n                except OSError: pass\n"
        "        time.sleep(60)\ntime.sleep(60)",
        ends=("memory_limit",),
    ),
    Attack(
        "descriptors on their way in a socket",
        _TRIED + "import _socket\na, b = _socket.socketpair(1, 1)\n"
        "tried(lambda: a.sendmsg([b'x'], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, (0).to_bytes(4, 'little'))]))\n"
        "tried(lambda: a.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDBUF, 10 ** 9))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "memory after the end of the main thread",
        "import os\nif os.fork() == 0:\n    x = []\n    while True: x.append(b'a' * 10 ** 6)\nimport time\ntime.sleep(60)",
        ends=("memory_limit",),
    ),
    Attack(
        "settings of the kernel",
        _TRIED + "tried(lambda: open('/proc/sys/kernel/core_pattern', 'w').write('x'))\n"
        "tried(lambda: open('/proc/sysrq-trigger', 'w').write('b'))\ntried(lambda: os.listdir('/sys/kernel'))",
        never="GOT",
        ends=("finished",),
    ),
    Attack("environment", "import os\nprint(sorted(os.environ))", never="VIVA", ends=("finished",)),
    Attack(
        "sockets of every family",
        _TRIED
        + "import _socket\nfor family in range(0, 46):\n    for kind in (1, 2, 3, 5):\n        tried(lambda: _socket.socket(family, kind, 0))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "a name look-up",
        _TRIED + "import _socket\ntried(lambda: _socket.getaddrinfo('localhost.example', 80))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "ptrace",
        _RAW + "call('traceme', 101, 0, 0, 0, 0)\ncall('attach', 101, 16, 1, 0, 0)",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "mounts",
        _RAW + "call('mount', 165, b'none', b'/tmp', b'tmpfs', 0, 0)\ncall('umount', 166, b'/tmp', 0)\n"
        "call('pivot', 155, b'/tmp', b'/tmp')\ncall('chroot', 161, b'/tmp')\ncall('open_tree', 428, -100, b'/', 1)",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "new namespaces",
        _RAW
        + "call('unshare', 272, 0x10000000)\ncall('setns', 308, 0, 0)\ncall('clone', 56, 0x10000000 | 17, 0, 0, 0, 0)\n"
        "call('clone3', 435, 0, 0)",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "dangerous system calls",
        _RAW
        + "for name, number in dict(bpf=321, io_uring=425, userfaultfd=323, keyctl=250, add_key=248, perf=298, kexec=246,"
        " init_module=175, finit_module=313, process_vm_readv=310, process_vm_writev=311, memfd_secret=447, reboot=169,"
        " swapon=167, iopl=172, ioperm=173, quotactl=179, settimeofday=164, sethostname=170, syslog=103, acct=163,"
        " name_to_handle=303, open_by_handle=304, fanotify=300, landlock=444, mknod=133, personality=135).items():\n"
        "    call(name, number, 0, 0, 0, 0, 0)",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "typing into the terminal",
        _TRIED
        + "import fcntl\nfor fd in (0, 1, 2):\n    tried(lambda: fcntl.ioctl(fd, 0x5412, b'x'))\n    tried(lambda: fcntl.ioctl(fd, 0x541C, b'x'))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "becoming somebody else",
        _TRIED
        + "tried(lambda: os.setuid(0))\ntried(lambda: os.setgid(0))\ntried(lambda: os.setgroups([0]))\n"
        "tried(lambda: os.chown('/tmp', 0, 0))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "set-uid programs",
        _TRIED
        + "import subprocess\nfor p in ('/usr/bin/su', '/usr/bin/mount', '/usr/bin/sudo', '/usr/bin/passwd'):\n"
        "    tried(lambda: subprocess.run([p, '-c', 'id'], capture_output=True, timeout=3, check=True).stdout)",
        never="uid=0",
        ends=("finished",),
    ),
    Attack(
        "a box in the box",
        _TRIED
        + "import subprocess\ntried(lambda: subprocess.run(['/usr/bin/bwrap', '--dev-bind', '/', '/', 'id'], capture_output=True, check=True))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "symbolic links out",
        _TRIED
        + "os.symlink('/etc', '/tmp/etc')\ntried(lambda: os.listdir('/tmp/etc'))\nos.symlink('/proc/1/root', '/tmp/r')\n"
        "tried(lambda: os.listdir('/tmp/r/home'))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "hard links to the runtime",
        _TRIED
        + "tried(lambda: os.link('/usr/bin/python3', '/tmp/p'))\ntried(lambda: open('/usr/bin/evil', 'w'))\n"
        "tried(lambda: os.remove('/usr/bin/env'))\ntried(lambda: open('/run/viva/harness.py', 'a'))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "signals to the parent",
        _TRIED
        + "import signal\nfor pid in (os.getppid(), 1, -1):\n    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass\nprint('still here')",
        ends="any",
    ),
    Attack(
        "deep recursion",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): return f()\nf()",
        ends=("runtime_error", "memory_limit"),
    ),
    Attack(
        "an enormous integer",
        "print(len(str(10 ** (10 ** 9))))",
        ends=("time_limit", "memory_limit", "runtime_error"),
    ),
    Attack("an enormous power in bits", "x = 1 << (1 << 40)", ends=("memory_limit", "runtime_error")),
    Attack("invalid UTF-8", "import os\nos.write(1, b'\\xff\\xfe\\x00ok')", prints="ok", ends=("finished",)),
    Attack("NUL bytes and controls", "print('a\\0b\\x1b[2Jc')", prints="c", ends=("finished",)),
    Attack(
        "blocking on standard input",
        "import os\nos.read(0, 1)\nos.read(0, 1)\nprint('end of file')",
        prints="end of file",
        ends=("finished",),
    ),
    Attack("core dump", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", ends=("runtime_error",)),
    Attack("busy loop", "while True: pass", ends=("time_limit",)),
    Attack("sleep", "import time\ntime.sleep(60)", ends=("time_limit",)),
    Attack("closing every descriptor", "import os\nos.closerange(0, 1000)", ends="any"),
    Attack(
        "raising the limits again",
        _TRIED
        + "import resource\nfor limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):\n"
        "    tried(lambda: resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "a zip of death",
        "import zlib\nd = zlib.compressobj()\nx = b''.join(d.compress(b'0' * 10 ** 7) for _ in range(50)) + d.flush()\nzlib.decompress(x)",
        ends=("memory_limit", "time_limit"),
    ),
    Attack(
        "a regular expression that never ends",
        "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
        ends=("time_limit",),
    ),
    Attack(
        "many open files",
        _TRIED + "def many():\n    return [open('/dev/null') for _ in range(10 ** 5)]\ntried(many)",
        prints="kept in",
        ends=("finished",),
    ),
]
