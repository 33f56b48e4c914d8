import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { type EnumTypeDefinition, loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { protoPath as healthProtoPath } from "grpc-health-check";
import { file_axonflow_gateway_v1_completion } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { file_axonflow_gateway_v1_error } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { file_axonflow_gateway_v1_model } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { file_google_rpc_error_details } from "../../../gen/google/rpc/error_details_pb.ts";

/**
 * The contract, the error details and the health service as reflection serves them, every imported file included.
 * Ours keep their files as they are; proto-loader would merge those of one package into one.
 */
export function contractFiles(): PackageDefinition {
  const files = new Map<string, Buffer>();
  const collect = (file: DescFile) => {
    for (const dependency of file.dependencies) collect(dependency);
    files.set(file.name, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
  };
  collect(file_axonflow_gateway_v1_completion);
  collect(file_axonflow_gateway_v1_model);
  collect(file_axonflow_gateway_v1_error);
  collect(file_google_rpc_error_details);
  const contract: EnumTypeDefinition = {
    format: "Protocol Buffer 3 EnumDescriptorProto",
    type: {},
    fileDescriptorProtos: [...files.values()],
  };
  return { ...loadSync(healthProtoPath), contract };
}
