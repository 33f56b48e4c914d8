// A grpc-go client: plays one scenario and prints what came of it as one JSON object.
//
// Usage: client SCENARIO HOST:PORT LICENSE_KEY
// The connection stays open until standard input ends.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	gatewayv1 "interop/gen/axonflow/gateway/v1"
)

const question = "What is the capital of France?"

type outcome map[string]any

type scenario func(ctx context.Context, client gatewayv1.CompletionServiceClient) (outcome, error)

// The scenarios that are called with a licence key; no-key is complete without one.
var scenarios = map[string]scenario{
	"complete":  complete,
	"stream":    stream,
	"deadline":  deadline,
	"cancel":    cancel,
	"bad-field": badField,
	"no-key":    complete,
}

func main() {
	if len(os.Args) != 4 {
		exit(errors.New("usage: client SCENARIO HOST:PORT LICENSE_KEY"))
	}
	name, target, licenseKey := os.Args[1], os.Args[2], os.Args[3]
	play, known := scenarios[name]
	if !known {
		exit(fmt.Errorf("no scenario %q", name))
	}
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		exit(err)
	}
	defer connection.Close()
	ctx := context.Background()
	if name != "no-key" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+licenseKey)
	}
	result, err := play(ctx, gatewayv1.NewCompletionServiceClient(connection))
	if err != nil {
		result = described(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		exit(err)
	}
	io.Copy(io.Discard, os.Stdin)
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func complete(ctx context.Context, client gatewayv1.CompletionServiceClient) (outcome, error) {
	response, err := client.Complete(ctx, &gatewayv1.CompleteRequest{Prompt: question})
	if err != nil {
		return nil, err
	}
	return told(outcome{"content": response.GetContent()}, response), nil
}

// finished is what a whole answer and a stream's last event have in common.
type finished interface {
	GetFinishReason() gatewayv1.FinishReason
	GetUsage() *gatewayv1.Usage
}

func told(result outcome, answer finished) outcome {
	result["finish_reason"] = answer.GetFinishReason().String()
	result["input_tokens"] = answer.GetUsage().GetInputTokens()
	result["output_tokens"] = answer.GetUsage().GetOutputTokens()
	return result
}

func stream(ctx context.Context, client gatewayv1.CompletionServiceClient) (outcome, error) {
	call, err := client.CompleteStream(ctx, &gatewayv1.CompleteRequest{Prompt: question})
	if err != nil {
		return nil, err
	}
	var content string
	var events []string
	var sequences []int64
	var completed *gatewayv1.Completed
	for {
		response, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		content += response.GetDelta().GetText()
		events = append(events, eventName(response))
		sequences = append(sequences, response.GetSequence())
		completed = response.GetCompleted()
	}
	result := outcome{"content": content, "events": events, "sequences": sequences}
	return told(result, completed), nil
}

func eventName(response *gatewayv1.CompleteStreamResponse) string {
	message := response.ProtoReflect()
	event := message.WhichOneof(message.Descriptor().Oneofs().ByName("event"))
	if event == nil {
		return "none"
	}
	return string(event.Name())
}

func deadline(ctx context.Context, client gatewayv1.CompletionServiceClient) (outcome, error) {
	ctx, stop := context.WithTimeout(ctx, 500*time.Millisecond)
	defer stop()
	return complete(ctx, client)
}

func cancel(ctx context.Context, client gatewayv1.CompletionServiceClient) (outcome, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	call, err := client.CompleteStream(ctx, &gatewayv1.CompleteRequest{Prompt: "Count to 100"})
	if err != nil {
		return nil, err
	}
	text := ""
	for text == "" {
		response, err := call.Recv()
		if err != nil {
			return nil, err
		}
		text += response.GetDelta().GetText()
	}
	stop()
	// What had arrived before is still given; the status comes after it.
	for err == nil {
		_, err = call.Recv()
	}
	return outcome{"code": codeName(status.Code(err)), "begun": text != ""}, nil
}

func badField(ctx context.Context, client gatewayv1.CompletionServiceClient) (outcome, error) {
	request := &gatewayv1.CompleteRequest{Prompt: question, MaxTokens: new(int32)}
	if _, err := client.Complete(ctx, request); err != nil {
		return nil, err
	}
	return nil, errors.New("a bad field was let through")
}

// described gives the error's code and, where the server sent them, its details.
func described(err error) outcome {
	failure := status.Convert(err)
	fields := []string{}
	found := outcome{"code": codeName(failure.Code())}
	for _, detail := range failure.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			found["reason"], found["domain"] = detail.GetReason(), detail.GetDomain()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				fields = append(fields, violation.GetField())
			}
		case *errdetails.RequestInfo:
			found["request_id"] = detail.GetRequestId()
		}
	}
	found["fields"] = fields
	return found
}

// The names that the gRPC specification gives; Go's own are written otherwise.
var codeNames = map[codes.Code]string{
	codes.OK:               "OK",
	codes.Canceled:         "CANCELLED",
	codes.InvalidArgument:  "INVALID_ARGUMENT",
	codes.DeadlineExceeded: "DEADLINE_EXCEEDED",
	codes.Unauthenticated:  "UNAUTHENTICATED",
}

func codeName(code codes.Code) string {
	if name, known := codeNames[code]; known {
		return name
	}
	return code.String()
}
