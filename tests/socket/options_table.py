#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""docs/options.md names every option of the manual pages and of the kernel's headers, and every type it names is one.

The types' layers, what can be done with them and their numbers are held against the compiler and the kernel's own headers.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

# The names in socket(7), ip(7), ipv6(7), tcp(7), udp(7) and unix(7), in the kernel's headers of Linux 6.1, and newer ones.
known = set("""
IPV6_2292DSTOPTS IPV6_2292HOPLIMIT IPV6_2292HOPOPTS IPV6_2292PKTINFO IPV6_2292PKTOPTIONS IPV6_2292RTHDR IPV6_ADDRFORM
IPV6_ADDR_PREFERENCES IPV6_ADD_MEMBERSHIP IPV6_AUTHHDR IPV6_AUTOFLOWLABEL IPV6_CHECKSUM IPV6_DONTFRAG
IPV6_DROP_MEMBERSHIP IPV6_DSTOPTS IPV6_FLOWINFO IPV6_FLOWINFO_SEND IPV6_FLOWLABEL_MGR IPV6_FREEBIND IPV6_HDRINCL
IPV6_HOPLIMIT IPV6_HOPOPTS IPV6_IPSEC_POLICY IPV6_JOIN_ANYCAST IPV6_LEAVE_ANYCAST IPV6_MINHOPCOUNT IPV6_MTU
IPV6_MTU_DISCOVER IPV6_MULTICAST_ALL IPV6_MULTICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP IPV6_NEXTHOP
IPV6_ORIGDSTADDR IPV6_PATHMTU IPV6_PKTINFO IPV6_PKTOPTIONS IPV6_PMTUDISC_DO IPV6_PMTUDISC_DONT IPV6_PMTUDISC_INTERFACE
IPV6_PMTUDISC_OMIT IPV6_PMTUDISC_PROBE IPV6_PMTUDISC_WANT IPV6_RECVDSTOPTS IPV6_RECVERR IPV6_RECVERR_RFC4884
IPV6_RECVFRAGSIZE IPV6_RECVHOPLIMIT IPV6_RECVHOPOPTS IPV6_RECVORIGDSTADDR IPV6_RECVPATHMTU IPV6_RECVPKTINFO
IPV6_RECVRTHDR IPV6_RECVTCLASS IPV6_ROUTER_ALERT IPV6_ROUTER_ALERT_ISOLATE IPV6_RTHDR IPV6_RTHDRDSTOPTS IPV6_TCLASS
IPV6_TRANSPARENT IPV6_UNICAST_HOPS IPV6_UNICAST_IF IPV6_USE_MIN_MTU IPV6_V6ONLY IPV6_XFRM_POLICY IP_ADD_MEMBERSHIP
IP_ADD_SOURCE_MEMBERSHIP IP_BIND_ADDRESS_NO_PORT IP_BLOCK_SOURCE IP_CHECKSUM IP_DROP_MEMBERSHIP
IP_DROP_SOURCE_MEMBERSHIP IP_FREEBIND IP_HDRINCL IP_IPSEC_POLICY IP_LOCAL_PORT_RANGE IP_MINTTL IP_MSFILTER
IP_MSFILTER_SIZE IP_MTU IP_MTU_DISCOVER IP_MULTICAST_ALL IP_MULTICAST_IF IP_MULTICAST_LOOP IP_MULTICAST_TTL
IP_NODEFRAG IP_OPTIONS IP_ORIGDSTADDR IP_PASSSEC IP_PKTINFO IP_PKTOPTIONS IP_PMTUDISC_DO IP_PMTUDISC_DONT
IP_PMTUDISC_INTERFACE IP_PMTUDISC_OMIT IP_PMTUDISC_PROBE IP_PMTUDISC_WANT IP_PROTOCOL IP_RCVDSTADDR IP_RECVDSTADDR
IP_RECVERR IP_RECVERR_RFC4884 IP_RECVFRAGSIZE IP_RECVIF IP_RECVOPTS IP_RECVORIGDSTADDR IP_RECVRETOPTS IP_RECVTOS
IP_RECVTTL IP_RETOPTS IP_ROUTER_ALERT IP_SENDSRCADDR IP_TOS IP_TRANSPARENT IP_TTL IP_UNBLOCK_SOURCE IP_UNICAST_IF
IP_XFRM_POLICY MCAST_BLOCK_SOURCE MCAST_EXCLUDE MCAST_INCLUDE MCAST_JOIN_GROUP MCAST_JOIN_SOURCE_GROUP
MCAST_LEAVE_GROUP MCAST_LEAVE_SOURCE_GROUP MCAST_MSFILTER MCAST_UNBLOCK_SOURCE SO_ACCEPTCONN SO_ATTACH_BPF
SO_ATTACH_FILTER SO_ATTACH_REUSEPORT_CBPF SO_ATTACH_REUSEPORT_EBPF SO_BINDTODEVICE SO_BINDTOIFINDEX SO_BPF_EXTENSIONS
SO_BROADCAST SO_BSDCOMPAT SO_BUF_LOCK SO_BUSY_POLL SO_BUSY_POLL_BUDGET SO_CNX_ADVICE SO_COOKIE SO_DEBUG SO_DETACH_BPF
SO_DETACH_FILTER SO_DETACH_REUSEPORT_BPF SO_DEVMEM_DMABUF SO_DEVMEM_DONTNEED SO_DEVMEM_LINEAR SO_DOMAIN SO_DONTROUTE
SO_ERROR SO_GET_FILTER SO_INCOMING_CPU SO_INCOMING_NAPI_ID SO_INQ SO_KEEPALIVE SO_LINGER SO_LOCK_FILTER SO_MARK
SO_MAX_PACING_RATE SO_MEMINFO SO_NETNS_COOKIE SO_NOFCS SO_NO_CHECK SO_OOBINLINE SO_PASSCRED SO_PASSPIDFD SO_PASSRIGHTS
SO_PASSSEC SO_PEEK_OFF SO_PEERCRED SO_PEERGROUPS SO_PEERNAME SO_PEERPIDFD SO_PEERSEC SO_PREFER_BUSY_POLL SO_PRIORITY
SO_PROTOCOL SO_RCVBUF SO_RCVBUFFORCE SO_RCVLOWAT SO_RCVMARK SO_RCVPRIORITY SO_RCVTIMEO SO_RCVTIMEO_NEW SO_RCVTIMEO_OLD
SO_RESERVE_MEM SO_REUSEADDR SO_REUSEPORT SO_RXQ_OVFL SO_SECURITY_AUTHENTICATION SO_SECURITY_ENCRYPTION_NETWORK
SO_SECURITY_ENCRYPTION_TRANSPORT SO_SELECT_ERR_QUEUE SO_SNDBUF SO_SNDBUFFORCE SO_SNDLOWAT SO_SNDTIMEO SO_SNDTIMEO_NEW
SO_SNDTIMEO_OLD SO_TIMESTAMP SO_TIMESTAMPING SO_TIMESTAMPING_NEW SO_TIMESTAMPING_OLD SO_TIMESTAMPNS SO_TIMESTAMPNS_NEW
SO_TIMESTAMPNS_OLD SO_TIMESTAMP_NEW SO_TIMESTAMP_OLD SO_TXREHASH SO_TXTIME SO_TYPE SO_WIFI_STATUS SO_ZEROCOPY
TCP_AO_ADD_KEY TCP_AO_DEL_KEY TCP_AO_GET_KEYS TCP_AO_INFO TCP_AO_REPAIR TCP_CC_INFO TCP_CONGESTION
TCP_COOKIE_TRANSACTIONS TCP_CORK TCP_DEFER_ACCEPT TCP_DELACK_MAX_US TCP_FASTOPEN TCP_FASTOPEN_CONNECT TCP_FASTOPEN_KEY
TCP_FASTOPEN_NO_COOKIE TCP_INFO TCP_INQ TCP_IS_MPTCP TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_LINGER2 TCP_MAXSEG
TCP_MD5SIG TCP_MD5SIG_EXT TCP_NODELAY TCP_NOTSENT_LOWAT TCP_QUEUE_SEQ TCP_QUICKACK TCP_REPAIR TCP_REPAIR_OPTIONS
TCP_REPAIR_QUEUE TCP_REPAIR_WINDOW TCP_RTO_MAX_MS TCP_RTO_MIN_US TCP_SAVED_SYN TCP_SAVE_SYN TCP_SYNCNT TCP_SYNQ_HSIZE
TCP_THIN_DUPACK TCP_THIN_LINEAR_TIMEOUTS TCP_TIMESTAMP TCP_TX_DELAY TCP_ULP TCP_USER_TIMEOUT TCP_WINDOW_CLAMP
TCP_ZEROCOPY_RECEIVE UDP_CORK UDP_ENCAP UDP_ENCAP_ESPINUDP UDP_ENCAP_ESPINUDP_NON_IKE UDP_ENCAP_GTP0 UDP_ENCAP_GTP1U
UDP_ENCAP_L2TPINUDP UDP_ENCAP_RXRPC UDP_GRO UDP_NO_CHECK6_RX UDP_NO_CHECK6_TX UDP_SEGMENT
""".split())

layers = {
    "every socket": "socket", "over IP": "ip", "over IPv4": "ipv4", "over IPv6": "ipv6", "datagrams over IP": "datagram", "tcp": "tcp",
    "udp": "udp", "local": "local", "icmp": "icmp", "packet": "packet",
}

root = pathlib.Path(os.environ.get("PLUMB_SOURCE_ROOT", pathlib.Path(__file__).parents[2]))
compiler = os.environ.get("CXX", "g++").split()
rows = [[cell.strip() for cell in line.strip("|\n").split("|")]
        for line in (root / "docs/options.md").read_text().splitlines() if line.startswith("| `")]
wrong = []

listed = [row[0].strip("`") for row in rows]
wrong += [f"{name} is not in the table" for name in sorted(known - set(listed))]
wrong += [f"{name} is in the table and not known here" for name in sorted(set(listed) - known)]
wrong += [f"{name} is there twice" for name in sorted({name for name in listed if listed.count(name) > 1})]
for row in rows:
    if not (row[4].startswith("done") or re.match(r"why not: \S.{8}", row[4])):
        wrong.append(f"{row[0]} is neither done nor says why not")


def numbers():
    """What the kernel's headers make of the names, as far as they are plain numbers."""
    headers = "asm/socket.h", "linux/in.h", "linux/in6.h", "linux/tcp.h", "linux/udp.h"
    text = "".join(f"#include <{header}>\n" for header in headers)
    macros = subprocess.run([*compiler, "-E", "-dM", "-x", "c++", "-"], input=text, capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^#define (\w+) (\w+)$", macros, re.MULTILINE))
    return {name: int(found[value] if value in found else value, 0) for name, value in found.items()
            if (found.get(value) or value).isdigit()}


source = ["#include <plumb/socket.hpp>", "using namespace plumb;"]
kernel = numbers()
compared = 0
done = [row for row in rows if row[4].startswith("done")]
for system_name, layer, name, access, _ in done:
    name, system_name = name.strip("`"), system_name.strip("`")
    source.append(f"static_assert(socket_option<{name}>);")
    source.append(f"static_assert({name}::belongs_to == layer::{layers[layer]});")
    source.append(f"static_assert(settable_option<{name}> == {str('set' in access).lower()});")
    source.append(f"static_assert(gettable_option<{name}> == {str('get' in access).lower()});")
    is_alias = "MEMBERSHIP" in system_name or system_name in ("IP_BLOCK_SOURCE", "IP_UNBLOCK_SOURCE")
    if system_name in kernel and not is_alias:
        source.append(f"static_assert(os::options::{name}.name == {kernel[system_name]}, \"{system_name}\");")
        compared += 1

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "table.cpp")
    path.write_text("\n".join(source) + "\n")
    run = subprocess.run([*compiler, "-std=c++23", "-fsyntax-only", "-I", str(root / "include"), str(path)], capture_output=True, text=True)
if run.returncode:
    wrong += [line for line in run.stderr.splitlines() if "error:" in line]
    for line in run.stderr.splitlines():
        if found := re.search(r"table.cpp:(\d+):.*error", line):
            wrong.append("    " + source[int(found[1]) - 1])

print(f"{len(rows)} names, {len(done)} done, {compared} numbers compared with the kernel's headers")
if compared < 100:
    wrong.append("too few numbers could be compared: are the kernel's headers there?")
if wrong:
    sys.exit("\n".join(wrong))
