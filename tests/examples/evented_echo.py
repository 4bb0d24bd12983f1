#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The event-driven echo server, on each of its drivers, with clients that know nothing of plumb."""

import asyncio
import os
import re
import resource
import signal
import subprocess
import time

from programs import Server, echoed, expect, need, patience, receive_all, reset, run, sanitized

need("socat")
great = os.urandom(3 << 20)


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))


def say_what_is_taken(clients):
    """Sends until nobody takes anything for a while; how many bytes that were."""
    taken = quiet = 0
    while quiet < 4:
        before = taken
        for client in clients:
            client.setblocking(False)
            try:
                while True:
                    taken += client.send(great)
            except BlockingIOError:
                pass
        quiet = quiet + 1 if taken == before else 0
        time.sleep(0.05)
    return taken


async def asyncio_client(place, number):
    reader, writer = await asyncio.open_connection(*place)
    for round in range(20):
        said = f"{number} {round}".encode()
        writer.write(said)
        if await reader.readexactly(len(said)) != said:
            return False
    writer.close()
    return True


async def asyncio_clients(place):
    return all(await asyncio.gather(*(asyncio_client(place, number) for number in range(100))))


for driver in ("uring", "epoll", "poll") if sanitized else ("auto", "uring", "epoll", "poll"):
    with Server("evented_echo_server", f"--driver={driver}", "--loops=2") as server:
        for said in (b"", b"x", great):
            heard = subprocess.run(["socat", "-t", "20", "-", f"TCP:{server.text}"], input=said, capture_output=True, timeout=patience)
            expect(f"{driver}: socat, {len(said)} bytes", heard.stdout, said)
        expect(f"{driver}: asyncio", asyncio.run(asyncio_clients(server.place)), True)

        # All at once, each answered while the others wait; some go by a reset, some do not read.
        clients = [server.connect() for _ in range(200)]
        for number, client in enumerate(clients):
            expect(f"{driver}: client {number}", echoed(client, b"hello"), b"hello")
        for client in clients[:50]:
            client.sendall(b"lost")
            reset(client)
        deaf = server.connect()
        deaf.setblocking(False)
        try:
            while True:
                deaf.send(great)
        except BlockingIOError:
            pass
        for number, client in enumerate(clients[50:]):
            expect(f"{driver}: client {number} beside those", echoed(client, b"still"), b"still")

        # Another server there is refused, though it would share the port with loops of its own.
        in_use = f"evented_echo_server: bind {server.text}: Address already in use\n"
        expect(f"{driver}: in use", run("evented_echo_server", "--loops=2", server.text), (1, b"", in_use))

        # It ends when it is asked to: those that are there may finish, and it says what it did.
        server.process.send_signal(signal.SIGTERM)
        for client in clients[50:]:
            expect(f"{driver}: still served", echoed(client, b"last"), b"last")
            client.close()
        deaf.close()
        code, out, err = server.end()
        expect(f"{driver}: ended", (code, out), (0, b""))
        told = re.findall(r"^evented_echo_server: loop (\d) on (\w+) served (\d+), (\d+) of them failed and 0 were cut$", err, re.M)
        expect(f"{driver}: both loops end, and say so", sorted(loop for loop, *_ in told), ["0", "1"])
        ran_on = {on for _, on, *_ in told}
        expect(f"{driver}: its driver", ran_on, {driver} if driver in ("epoll", "poll") else ran_on & {"uring", "epoll", "poll"})
        expect(f"{driver}: all were served", sum(int(served) for *_, served, _ in told), 3 + 100 + 200 + 1)
        expect(f"{driver}: by both", all(int(served) > 0 for *_, served, _ in told), True)
        expect(f"{driver}: nothing failed but what was reset", sum(int(failed) for *_, failed in told), 50 + 1)

    if driver == "auto":
        continue    # which is one of the others

    # Who outlasts the drain is cut.
    with Server("evented_echo_server", f"--driver={driver}", "--drain=1") as server:
        with server.connect() as idle:
            expect(f"{driver}: idle", echoed(idle, b"."), b".")
            asked = time.monotonic()
            server.process.send_signal(signal.SIGINT)
            expect(f"{driver}: cut", receive_all(idle), b"")
            expect(f"{driver}: after the drain", 1 <= time.monotonic() - asked < 5, True)
        code, out, err = server.end()
        expect(f"{driver}: after a cut", (code, out, err.endswith("1 were cut\n")), (0, b"", True))

    # Those who say much and never listen hold a few buffers each, however often they try, and the others do not wait for them.
    with Server("evented_echo_server", f"--driver={driver}") as server:
        with server.connect() as other:
            expect(f"{driver}: before the deaf", echoed(other, b"hello"), b"hello")
            before = server.resident_kilobytes()
            deaf = [server.connect() for _ in range(50)]
            said = say_what_is_taken(deaf)
            grown = server.resident_kilobytes() - before
            expect(f"{driver}: {grown} KB are held for 50 deaf", grown < 50 * 7 * 64 + 2048, True)    # a buffer that is written, and on uring what came ahead
            more = say_what_is_taken(deaf)
            expect(f"{driver}: {more} bytes more are taken after {said}", more < said / 4, True)
            expect(f"{driver}: nothing more is held", server.resident_kilobytes() - before - grown < 1024, True)
            spent = server.processor_seconds()
            expect(f"{driver}: beside the deaf", echoed(other, great) == great, True)
            time.sleep(0.5)
            expect(f"{driver}: the deaf cost nothing", server.processor_seconds() - spent < 0.1, True)
        for each in deaf:
            each.close()

    # Without descriptors it waits at no cost, and goes on when it has some again.
    with Server("evented_echo_server", f"--driver={driver}", preexec_fn=few_descriptors) as server:
        clients = [server.connect() for _ in range(60)]
        served = []
        for client in clients:
            client.sendall(b"?")
        for client in clients:
            client.settimeout(0.2 if served else patience)
            try:
                client.recv(1)
                served.append(client)
            except TimeoutError:
                break
        expect(f"{driver}: some are served", 0 < len(served) < 30, True)
        before = server.processor_seconds()
        time.sleep(1)
        expect(f"{driver}: costs next to nothing while starved", server.processor_seconds() - before < 0.05, True)
        for client in served:
            client.close()
        for client in clients[len(served):]:
            client.settimeout(patience)
            expect(f"{driver}: served later", client.recv(1), b"?")
            client.close()

code, out, err = run("evented_echo_server", "--driver=select")
expect("an unknown driver", (code, out, "--driver=select" in err), (2, b"", True))
