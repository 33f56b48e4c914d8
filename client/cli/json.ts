import { type DescMessage, type MessageShape, toJsonString } from "@bufbuild/protobuf";

/** A message of the contract as a line of JSON, with the contract's own field names and no field left out. */
export function json<Desc extends DescMessage>(
  schema: Desc,
  message: NoInfer<MessageShape<Desc>>,
): string {
  const options = { useProtoFieldName: true, alwaysEmitImplicit: true };
  return `${toJsonString(schema, message, options)}\n`;
}
