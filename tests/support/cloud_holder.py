"""A process that holds the lock of a root on AWS until it is killed: `python -m tests.support.cloud_holder ROOT`."""

import sys
import time

from homeport.aws import Endpoints, Session
from homeport.deploy.identity import holder
from homeport.targets import CloudTarget

if __name__ == "__main__":
    region, account, api, root = sys.argv[1:]
    target = CloudTarget.on(Session(region, account, Endpoints(api)), holder=holder())
    with target.lock(root, f"{root} is being deployed"):
        print(holder(), flush=True)
        time.sleep(600)
