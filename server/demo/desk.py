"""The order desk of the demo: signs in to the console and decides what is held, over HTTP."""

import re

import httpx

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Desk:
    """A person of the office at a browser."""

    def __init__(self, url: str, code: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, follow_redirects=True, timeout=20)
        page = self._client.get("/office/sign-in")
        said = self._client.post(
            "/office/sign-in",
            data={"csrf_token": _token(page.text), "code": code, "password": password},
        )
        if "/sign-in" in str(said.url):
            raise RuntimeError(f"the desk could not sign in: {said.status_code}")

    def held(self) -> str:
        """The page of what is held."""
        return self._client.get("/office/inbox?item=hold").text

    def decide(self, cell: int, order: str, answer: str, rules: list[str], note: str) -> None:
        """Release a held order (clearing these reasons) or reject it, as the forms do."""
        page = self._client.get(f"/office/orders/{cell}/{order}")
        said = self._client.post(
            f"/office/orders/{cell}/{order}/decide",
            data={
                "csrf_token": _token(page.text),
                "answer": answer,
                "rule": rules,
                "note": note,
            },
        )
        said.raise_for_status()

    def close(self) -> None:
        self._client.close()


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page has no form to send")
    return found.group(1)
