"""`homeport doctor`: what is wrong with an installation, and the command that mends it.

Each check is a file: facts (a question to the server and how its answer is read), and a judgement on them, which is
pure. Nothing here changes anything or waits for a lock.
"""

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.examination import Examination, examine
from homeport.deploy.doctor.finding import Finding

__all__ = ["Commands", "Examination", "Finding", "examine"]
