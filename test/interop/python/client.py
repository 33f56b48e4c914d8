"""A grpcio client: plays one scenario and prints what came of it as one JSON object.

Usage: client.py SCENARIO HOST:PORT LICENSE_KEY, with the generated modules on PYTHONPATH.
The channel stays open until standard input ends.
"""

import json
import sys

import grpc
from axonflow.gateway.v1 import completion_pb2 as pb
from axonflow.gateway.v1 import completion_pb2_grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

QUESTION = "What is the capital of France?"


def told(completed):
    """What a whole answer and a stream's last event have in common."""
    return {
        "finish_reason": pb.FinishReason.Name(completed.finish_reason),
        "input_tokens": completed.usage.input_tokens,
        "output_tokens": completed.usage.output_tokens,
    }


def complete(stub, metadata):
    response = stub.Complete(pb.CompleteRequest(prompt=QUESTION), metadata=metadata)
    return {"content": response.content, **told(response)}


def stream(stub, metadata):
    events = list(stub.CompleteStream(pb.CompleteRequest(prompt=QUESTION), metadata=metadata))
    return {
        "content": "".join(event.delta.text for event in events),
        "events": [event.WhichOneof("event") for event in events],
        "sequences": [event.sequence for event in events],
        **told(events[-1].completed),
    }


def deadline(stub, metadata):
    stub.Complete(pb.CompleteRequest(prompt=QUESTION), metadata=metadata, timeout=0.5)


def cancel(stub, metadata):
    call = stub.CompleteStream(pb.CompleteRequest(prompt="Count to 100"), metadata=metadata)
    text = ""
    for event in call:
        text += event.delta.text
        if text:
            call.cancel()
            break
    return {"code": call.code().name, "begun": bool(text)}


def bad_field(stub, metadata):
    stub.Complete(pb.CompleteRequest(prompt=QUESTION, max_tokens=0), metadata=metadata)


def no_key(stub, metadata):
    stub.Complete(pb.CompleteRequest(prompt=QUESTION))


def described(error):
    """The error's code and, where the server sent them, its details."""
    found = {"code": error.code().name, "fields": []}
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        error_info = error_details_pb2.ErrorInfo()
        bad_request = error_details_pb2.BadRequest()
        request_info = error_details_pb2.RequestInfo()
        if detail.Unpack(error_info):
            found |= {"reason": error_info.reason, "domain": error_info.domain}
        elif detail.Unpack(bad_request):
            found["fields"] = [each.field for each in bad_request.field_violations]
        elif detail.Unpack(request_info):
            found["request_id"] = request_info.request_id
    return found


SCENARIOS = {
    "complete": complete,
    "stream": stream,
    "deadline": deadline,
    "cancel": cancel,
    "bad-field": bad_field,
    "no-key": no_key,
}


def main(scenario, target, license_key):
    with grpc.insecure_channel(target) as channel:
        stub = completion_pb2_grpc.CompletionServiceStub(channel)
        try:
            outcome = SCENARIOS[scenario](stub, [("authorization", f"Bearer {license_key}")])
        except grpc.RpcError as error:
            outcome = described(error)
        print(json.dumps(outcome), flush=True)
        sys.stdin.read()


main(*sys.argv[1:])
