"""A plan for AWS in words: by what a person knows, and what matters on a line of its own. Pure."""

from homeport.deploy.ways.cloud.summary.components import Component, component_of, models_of
from homeport.deploy.ways.cloud.summary.lines import summarize

__all__ = ["Component", "component_of", "models_of", "summarize"]
