import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Metadata, type StatusObject } from "@grpc/grpc-js";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { describeError } from "../errors.ts";
import type { HelpLinks } from "../help-links.ts";

/** The trailer that carries a `google.rpc.Status` with its details. */
export const detailsTrailer = "grpc-status-details-bin";

/** Anything that was thrown, as a grpc-js status. */
export function grpcStatus(
  thrown: unknown,
  requestId: string,
  helpLinks?: HelpLinks,
): StatusObject {
  const { code, message, details } = describeError(thrown, requestId, helpLinks);
  const status = create(StatusSchema, {
    code,
    message,
    details: details.map(({ desc, value }) => anyPack(desc, value)),
  });
  const metadata = new Metadata();
  metadata.set(detailsTrailer, Buffer.from(toBinary(StatusSchema, status)));
  return { code: code as number, details: message, metadata };
}
