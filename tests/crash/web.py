"""The real web server with a batch preparer signed in, to be killed while it answers."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from config.launch.children import web_command

START_SECONDS_MAX = 60
ANSWER_SECONDS_MAX = 30
PASSWORD = "a-long-password"  # of every official that `factories.officials` makes


class Web:
    """One life of the server: ``start`` returns when it answers; ``kill`` is kill -9."""

    def __init__(self, project, environment):
        self.project, self.environment = project, environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def start(self):
        self.process = subprocess.Popen(
            web_command(self.port),
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + START_SECONDS_MAX
        while not self._answers():
            if time.monotonic() > until:
                self.kill()
                raise AssertionError("the web server does not answer")
            time.sleep(0.05)

    def _answers(self):
        with suppress(URLError, OSError):
            return self._ask("/sign-in/").status == 200
        return False

    def _ask(self, path, fields=None):
        body = None
        if fields is not None:
            token = next(cookie.value for cookie in self.cookies if cookie.name.endswith("csrftoken"))
            body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": token, **fields})
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=body)
        if body is not None:
            request.add_header("Content-Type", MULTIPART_CONTENT)
        return self.opener.open(request, timeout=ANSWER_SECONDS_MAX)

    def sign_in(self, number):
        answer = self._ask("/sign-in/", {"number": number, "password": PASSWORD})
        assert "/sign-in/" not in answer.url, "signed in"

    def begin(self, path, fields):
        """Ask in a thread of its own; ``{"file": (name, bytes)}`` is an upload. A server killed meanwhile is no error."""
        sent = {
            name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value
            for name, value in fields.items()
        }

        def ask():
            with suppress(URLError, OSError, http.client.HTTPException):
                self._ask(path, sent)

        thread = threading.Thread(target=ask)
        thread.start()
        return thread

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
