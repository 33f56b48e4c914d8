import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ReflectionService } from "@grpc/reflection";
import { file_axonflow_gateway_v1_admin } from "../../../gen/axonflow/gateway/v1/admin_pb.ts";
import { file_axonflow_gateway_v1_audit } from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import { file_axonflow_gateway_v1_completion } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { file_axonflow_gateway_v1_error } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { file_axonflow_gateway_v1_model } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { file_axonflow_gateway_v1_shadow } from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import { file_axonflow_gateway_v1_usage } from "../../../gen/axonflow/gateway/v1/usage_pb.ts";
import { file_google_rpc_error_details } from "../../../gen/google/rpc/error_details_pb.ts";
import { file_health_v1_health } from "../../../gen/health/v1/health_pb.ts";

/** What the reflection service is made from; it reads nothing but the encoded files of each definition. */
type PackageDefinition = ConstructorParameters<typeof ReflectionService>[0];

/** The contract, the error details and the health service as reflection serves them, every imported file included. */
export function contractFiles(): PackageDefinition {
  const files = new Map<string, Buffer>();
  const collect = (file: DescFile) => {
    for (const dependency of file.dependencies) collect(dependency);
    files.set(file.name, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
  };
  collect(file_axonflow_gateway_v1_completion);
  collect(file_axonflow_gateway_v1_model);
  collect(file_axonflow_gateway_v1_shadow);
  collect(file_axonflow_gateway_v1_usage);
  collect(file_axonflow_gateway_v1_admin);
  collect(file_axonflow_gateway_v1_audit);
  collect(file_axonflow_gateway_v1_error);
  collect(file_google_rpc_error_details);
  collect(file_health_v1_health);
  return {
    files: {
      format: "Protocol Buffer 3 EnumDescriptorProto",
      type: {},
      fileDescriptorProtos: [...files.values()],
    },
  };
}
