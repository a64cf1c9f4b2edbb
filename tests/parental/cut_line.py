"""A line to PostgreSQL that breaks after a commit, before its answer has arrived."""

import socket
import threading
from contextlib import suppress

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_READY = b"Z\x00\x00\x00\x05I"  # the server has answered, and no transaction is open


class CutLine:
    """Carries what is said to the database of `address`, and breaks once for each of `words`.

    It breaks at the answer to a message that has the next of these words: the answer has come from
    the server, so that what was asked is committed, and goes no further.
    """

    def __init__(self, address, *words):
        self.words = list(words)
        self.target = conninfo_to_dict(address)
        self.listening = socket.create_server(("127.0.0.1", 0))
        port = self.listening.getsockname()[1]
        more = {"host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"}
        self.address = make_conninfo(address, **more)
        self.thread = threading.Thread(target=self._accept)
        self.thread.start()

    def close(self):
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                with client, self._server() as server:
                    self._carry(client, server)

    def _server(self):
        host, port = self.target["host"], self.target.get("port", 5432)
        if not host.startswith("/"):
            return socket.create_connection((host, int(port)))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _carry(self, client, server):
        """Carry questions and answers in turn, as a client without a pipeline sends them."""
        asking = threading.Thread(target=self._ask, args=(client, server))
        self.is_doomed = False
        asking.start()
        heard = b""
        while answer := server.recv(65_536):
            heard += answer
            if not self.is_doomed:
                client.sendall(answer)
            elif heard.endswith(_READY):
                del self.words[0]
                break
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        asking.join()

    def _ask(self, client, server):
        with suppress(OSError):
            while asked := client.recv(65_536):
                self.is_doomed = bool(self.words) and self.words[0] in asked
                server.sendall(asked)
            server.shutdown(socket.SHUT_WR)
