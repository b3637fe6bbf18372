"""homeport.yaml and homeport.base.yaml: from text to records that keep every rule."""

from homeport.manifest.aws_base import AwsBase
from homeport.manifest.base import BaseFile, default_address
from homeport.manifest.build import Build
from homeport.manifest.database import Database
from homeport.manifest.files import load, load_base
from homeport.manifest.manifest import ImageSource, Manifest
from homeport.manifest.parity import Parity, parity
from homeport.manifest.service import Healthcheck, Service
from homeport.manifest.site import Site
from homeport.manifest.target import AwsTarget, DockerTarget, Override, ServiceOverride, Target

__all__ = [
    "AwsBase",
    "AwsTarget",
    "BaseFile",
    "Build",
    "Database",
    "DockerTarget",
    "Healthcheck",
    "ImageSource",
    "Manifest",
    "Override",
    "Parity",
    "Service",
    "ServiceOverride",
    "Site",
    "Target",
    "default_address",
    "load",
    "load_base",
    "parity",
]
