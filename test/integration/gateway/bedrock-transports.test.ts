import { createLeanTransport } from "../../../server/providers/bedrock/transport/lean-transport.ts";
import { createSdkTransport } from "../../../server/providers/bedrock/transport/sdk-transport.ts";
import { describeTransport } from "../../conformance/bedrock-transport-suite.ts";

describeTransport({ name: "lean", create: createLeanTransport, batches: true, healsAtOnce: true });
describeTransport({ name: "sdk", create: createSdkTransport, batches: false, healsAtOnce: false });
