"""What a restart on AWS makes anew."""

from homeport.releases.configuration import with_secrets
from homeport.stack.cloud_application import is_of_service, task_definition_addresses

CONFIGURATION = {
    "name": "notes",
    "services": {"api": {"secrets": {"KEY": "1"}}, "worker": {"secrets": {"KEY": "1"}}},
    "models": {"tagger": {"secrets": {}}},
    "sites": {"web": {"route": "/"}},
}


def test_a_further_revision_of_what_runs() -> None:
    """Of services and models; of a site nothing runs."""
    addresses = task_definition_addresses(CONFIGURATION)
    assert ["api", "worker", "tagger"] == list(addresses)
    assert 'module.application.module.service["tagger"].aws_ecs_task_definition.this' == addresses["tagger"]


def test_what_belongs_to_a_service_does_by_its_whole_name() -> None:
    """What is of another service is more than the restart, and is asked about."""
    address = 'module.application.module.service["api"].aws_ecs_service.this'
    assert is_of_service(address, "api")
    assert not is_of_service(address, "ap")
    assert not is_of_service("module.application.module.database[0].aws_db_instance.this", "api")


def test_secrets_of_now_for_those_and_no_others() -> None:
    """A changed secret reaches what is restarted; what is not named stays as it was released."""
    found = with_secrets(CONFIGURATION, ["api"], {"KEY": "2"})
    assert {"KEY": "2"} == found["services"]["api"]["secrets"]
    assert {"KEY": "1"} == found["services"]["worker"]["secrets"]
    assert {"api": {"secrets": {"KEY": "1"}}, "worker": {"secrets": {"KEY": "1"}}} == CONFIGURATION["services"]
