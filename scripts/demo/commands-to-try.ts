import type { DemoGateway } from "./start-gateway.ts";

/** Commands for another terminal in this folder, with this run's ports and key. */
export function commandsToTry({ httpPort, grpcPort, licenseKey }: DemoGateway): string {
  const service = "axonflow.gateway.v1.CompletionService";
  const key = `-H "Authorization: Bearer ${licenseKey}"`;
  const words = `-d '{"prompt": "Write 40 words."}'`;
  const grpc = `npx buf curl --protocol grpc --http2-prior-knowledge ${key}`;
  const connect = `npx buf curl --protocol connect --schema . ${key}`;
  return `
The gateway stays up until Ctrl-C. Try it from another terminal, in this folder:

# REST, as in the setup guide
curl -X POST http://localhost:${httpPort}/v1/complete \\
  -H "Authorization: Bearer ${licenseKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "prompt": "What is the capital of France?",
    "provider": "bedrock",
    "model": "anthropic.claude-3-5-sonnet-20240620-v1:0"
  }'

# The same as a stream
curl -N -X POST http://localhost:${httpPort}/v1/complete \\
  -H "Authorization: Bearer ${licenseKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "prompt": "Write 40 words.",
    "provider": "bedrock",
    "model": "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "stream": true
  }'

# gRPC, by reflection
${grpc} \\
  -d '{"prompt": "What is the capital of France?"}' http://127.0.0.1:${grpcPort}/${service}/Complete
${grpc} \\
  ${words} http://127.0.0.1:${grpcPort}/${service}/CompleteStream

# Connect
${connect} \\
  ${words} http://127.0.0.1:${httpPort}/${service}/CompleteStream

# The command line
AXONFLOW_LICENSE_KEY=${licenseKey} npm run -s axonflow -- \\
  complete "Write 40 words." --stream --trace${grpcPort === 50051 ? "" : ` --url http://127.0.0.1:${grpcPort}`}
`;
}
