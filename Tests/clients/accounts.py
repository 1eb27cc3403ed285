"""Accounts of the test servers in addition to the first one."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("accounts.json")
FIRST_ID = "000000000000"


@dataclass(frozen=True)
class Account:
    id: str
    email: str
    access_key: str
    secret_key: str

    @property
    def canonical_id(self):
        return hashlib.sha256(self.id.encode()).hexdigest()

    @property
    def arn(self):
        return f"arn:aws:iam::{self.id}:root"


ACCOUNTS = [
    Account(account["id"], account["email"], account["accessKeyId"], account["secretAccessKey"])
    for account in json.loads(FILE.read_text())]
STRANGER_ACCOUNT, THIRD_ACCOUNT = ACCOUNTS
