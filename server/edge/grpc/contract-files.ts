import { create, type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { loadFileDescriptorSetFromBuffer, loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { protoPath as healthProtoPath } from "grpc-health-check";
import { file_axonflow_gateway_v1_completion } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { file_axonflow_gateway_v1_error } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { file_axonflow_gateway_v1_model } from "../../../gen/axonflow/gateway/v1/model_pb.ts";

/** The contract and the health service as reflection serves them, every imported file included. */
export function contractFiles(): PackageDefinition {
  const files = new Map<string, DescFile>();
  const collect = (file: DescFile) => {
    for (const dependency of file.dependencies) collect(dependency);
    files.set(file.name, file);
  };
  collect(file_axonflow_gateway_v1_completion);
  collect(file_axonflow_gateway_v1_model);
  collect(file_axonflow_gateway_v1_error);
  const set = create(FileDescriptorSetSchema, { file: [...files.values()].map(({ proto }) => proto) });
  const contract = loadFileDescriptorSetFromBuffer(
    Buffer.from(toBinary(FileDescriptorSetSchema, set)),
  );
  return { ...contract, ...loadSync(healthProtoPath) };
}
