# SPDX-License-Identifier: BSL-1.0
"""usage: check.py FILE COMPILER ARG...

The file must compile. A line `#include "every_header"` in it stands for all headers of plumb that this system has, and
`#include "every_posix_header"` and `#include "every_standard_header"` for those of POSIX, the network and C++ that there are.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from compiling import compile_source, public_headers

posix = """
aio arpa/inet assert complex cpio ctype dirent dlfcn errno fcntl fenv float fmtmsg fnmatch ftw glob grp iconv inttypes iso646
langinfo libgen limits locale math monetary mqueue net/if netdb netinet/in netinet/tcp nl_types poll pthread pwd regex sched
search semaphore setjmp signal spawn stdarg stdbool stddef stdint stdio stdlib string strings stropts sys/ipc sys/mman sys/msg
sys/resource sys/select sys/sem sys/shm sys/socket sys/stat sys/statvfs sys/time sys/times sys/types sys/uio sys/un sys/utsname
sys/wait syslog tar termios time ulimit unistd utime utmpx wchar wctype wordexp
arpa/ftp arpa/nameser arpa/telnet arpa/tftp resolv ifaddrs net/ethernet net/if_arp net/route netpacket/packet
netinet/ether netinet/icmp6 netinet/if_ether netinet/igmp netinet/in_systm netinet/ip netinet/ip6 netinet/ip_icmp netinet/udp
sys/epoll sys/eventfd sys/file sys/inotify sys/ioctl sys/mount sys/param sys/prctl sys/random sys/sendfile sys/signalfd sys/syscall
sys/sysmacros sys/timerfd sys/xattr execinfo getopt link malloc mntent obstack paths pty shadow ucontext utmp
linux/errqueue linux/filter linux/futex linux/if_ether linux/io_uring linux/limits linux/net_tstamp
linux/netlink linux/rtnetlink linux/sock_diag linux/sockios linux/types linux/vm_sockets
""".split()

standard = """
algorithm any array atomic barrier bit bitset charconv chrono cmath compare complex concepts condition_variable coroutine
deque exception execution expected filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream
istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream print queue
random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span spanstream sstream stack stacktrace stdexcept
stop_token streambuf string string_view syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
unordered_set utility valarray variant vector version
""".split()


def those_that_exist(names, ending):
    return "".join(f"#if __has_include(<{name}{ending}>)\n#include <{name}{ending}>\n#endif\n" for name in names)


path, *compiler = sys.argv[1:]
source = pathlib.Path(path).read_text()
ours = [header for header in public_headers() if "/os/windows/" not in header]
stand_ins = {
    "every_header": "".join(f"#include <{header}>\n" for header in ours),
    "every_posix_header": those_that_exist(posix, ".h"),
    "every_standard_header": those_that_exist(standard, ""),
}
text = re.sub(r'#include "(every_\w+)"\n', lambda found: stand_ins[found[1]], source)
fine, output = compile_source([*compiler, "-Wno-pedantic"] if "every_posix_header" in source else compiler, text)
print(f"{pathlib.Path(path).name}: {len(ours)} headers of plumb" + ("" if fine else f":\n{output}"))
sys.exit(not fine)
