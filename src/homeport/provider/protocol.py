"""What the plugin protocol needs beyond the `tf` package: destroy plans, replacement after drift, old states, stops."""

import json
from typing import Any

from tf.gen import tfplugin_pb2 as pb
from tf.provider import ProviderServicer
from tf.utils import read_dynamic_value, to_dynamic_value

from homeport.provider.provider import HomeportProvider
from homeport.provider.resource import NounResource


class Servicer(ProviderServicer):  # type: ignore[misc]
    """`tf`'s servicer with the calls that it answers too simply. Method names are the protocol's."""

    def __init__(self, provider: HomeportProvider) -> None:
        super().__init__(provider)
        self._provider = provider

    def GetProviderSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Terraform reads the capabilities here; `tf` gives them in GetMetadata only."""
        response = super().GetProviderSchema(request, context)
        response.server_capabilities.get_provider_schema_optional = True
        return response

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """A state of an older homeport: new attributes are null in it, attributes that are gone are dropped."""
        stored = json.loads(request.raw_state.json)
        names = self._get_res_attrs(request.type_name)
        upgraded = {name: stored.get(name) for name in names}
        return pb.UpgradeResourceState.Response(upgraded_state=to_dynamic_value(upgraded))

    def PlanResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Adds the plans that `tf` does not make: of a destruction, of a replacement because of drift, and of a change
        in place of what otherwise is replaced."""
        if read_dynamic_value(request.proposed_new_state) is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        response = super().PlanResourceChange(request, context)
        prior = read_dynamic_value(request.prior_state)
        if prior is not None:
            resource: NounResource = self._provider.new_resource(self._get_res_cls(request.type_name))
            if resource.changes_in_place(prior, read_dynamic_value(request.proposed_new_state)):
                del response.requires_replace[:]
                return response
            for name in resource.replaced_by_drift(prior):
                step = pb.AttributePath.Step(attribute_name=name)
                response.requires_replace.append(pb.AttributePath(steps=[step]))
        return response

    def ConfigureProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Each run of Terraform configures the provider first: what stopped the run before is over."""
        self._provider.stopping.clear()
        return super().ConfigureProvider(request, context)

    def StopProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Ctrl-C at Terraform: everything that waits looks at this flag."""
        self._provider.stopping.set()
        return pb.StopProvider.Response()
