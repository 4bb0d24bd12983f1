#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The event-driven echo server, on each of its drivers, with clients that know nothing of plumb."""

import asyncio
import os
import resource
import signal
import subprocess
import time

from programs import Server, echoed, expect, need, patience, reset, run

need("socat")
great = os.urandom(3 << 20)


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))


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


for driver in "auto", "epoll", "poll":
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

        # It ends when it is asked to: those that are there are told, and it says what it did.
        server.process.send_signal(signal.SIGTERM)
        for client in clients[50:]:
            client.close()
        deaf.close()
        code, out, err = server.end()
        expect(f"{driver}: ended", (code, out), (0, b""))
        expect(f"{driver}: says its driver", err.startswith(f"evented_echo_server: on {driver if driver != 'auto' else ''}"), True)

    # Without descriptors it waits at no cost, and goes on when it has some again.
    with Server("evented_echo_server", f"--driver={driver}", preexec_fn=few_descriptors) as server:
        clients = [server.connect() for _ in range(60)]
        served = []
        for client in clients:
            client.sendall(b"?")
        for client in clients:
            client.settimeout(0.2)
            try:
                client.recv(1)
                served.append(client)
            except TimeoutError:
                break
        expect(f"{driver}: some are served", 0 < len(served) < 30, True)
        before = server.processor_seconds()
        time.sleep(0.5)
        expect(f"{driver}: costs next to nothing while starved", server.processor_seconds() - before < 0.05, True)
        for client in served:
            client.close()
        for client in clients[len(served):]:
            client.settimeout(patience)
            expect(f"{driver}: served later", client.recv(1), b"?")
            client.close()

code, out, err = run("evented_echo_server", "--driver=select")
expect("an unknown driver", (code, out, "--driver=select" in err), (2, b"", True))
