import { toJson } from "@bufbuild/protobuf";
import type { Command } from "commander";
import {
  AuditEntrySchema,
  GetInclusionProofResponseSchema,
} from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import {
  type AuditEntry,
  Code,
  GatewayCallError,
  type GetInclusionProofResponse,
  type ProvenRecord,
} from "../sdk/node.ts";
import { auditEntrySheet } from "./audit-entry-sheet.ts";
import { type AuditOptions, addAuditOptions } from "./audit-options.ts";
import { proveEntry, provenText, readPublicKey } from "./audit-proof.ts";
import { UsageError } from "./usage-error.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface ShowOptions extends AuditOptions {
  readonly texts?: boolean;
  readonly proof?: boolean;
  readonly publicKey?: string;
}

const notes = `
Examples:
  $ axonflow audit show 019ab1c2-7c1e-7a55-8a2f-0d5c1b7e9f10
  $ axonflow audit show 019ab1c2-7c1e-7a55-8a2f-0d5c1b7e9f10 --proof --public-key gateway.pem
  $ axonflow audit show 6f0f2f0e-4c1c-4b37-9d53-3c1a51c2a7b9/812 --texts

A proof is checked here, not by the gateway: from the record over the Merkle tree and the heads to the signature. Without
--public-key it only shows which key signed. Texts are there where the gateway keeps them (AXONFLOW_AUDIT_BODIES).`;

/** Adds `axonflow audit show`. */
export function addAuditShowCommand(audit: Command): void {
  const command = audit
    .command("show")
    .summary("show all that is on record of a request, or one entry, and prove it")
    .description(
      "Shows all that an entry says, or the entries of a request in the order in which they were written.",
    )
    .argument("<entry>", "a request's id, or an entry's place: CHAIN/SEQUENCE")
    .option("--texts", "also the texts of prompt and answer; that they were read is on record")
    .option("--proof", "prove that the record is in the log as it was signed")
    .option("--public-key <file>", "the only key that may have signed, as PEM or DER; with --proof")
    .option("--json", "print one JSON object");
  addAuditOptions(command.addHelpText("after", notes)).action(
    (what: string, options: ShowOptions) =>
      withGateway(options, (session) => show(session, what, options)),
  );
}

/** An entry, and what proves it. */
interface ShownEntry {
  readonly entry: AuditEntry;
  readonly proof?: GetInclusionProofResponse;
  readonly proven?: ProvenRecord;
}

async function show(session: Session, what: string, options: ShowOptions): Promise<void> {
  const { publicKey, proof: wantsProof, json } = options;
  if (publicKey !== undefined && !wantsProof) {
    throw new UsageError("--public-key is for --proof: add it.");
  }
  const trusted = publicKey === undefined ? undefined : readPublicKey(publicKey);
  const shown: ShownEntry[] = [];
  for (const entry of await find(session, what, options)) {
    const proven = wantsProof
      ? await proveEntry(session, entry, { trusted, timeoutMs: options.timeoutMs })
      : {};
    shown.push({ entry, ...proven });
  }
  await session.output.write(json ? asJson(shown) : shown.map(asText).join("\n"));
}

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const placeForm = new RegExp(`^(?<chain>${uuid})/(?<sequence>[1-9]\\d{0,14})$`);

async function find(
  { client: { audit }, signal }: Session,
  what: string,
  { texts: includeTexts = false, timeoutMs }: ShowOptions,
): Promise<readonly AuditEntry[]> {
  const call = { signal, timeoutMs };
  const get = async (chain: string, sequence: bigint) => {
    const { entry } = await audit.get({ chain, sequence }, { ...call, includeTexts });
    return entry ? [entry] : [];
  };
  const { chain, sequence } = placeForm.exec(what)?.groups ?? {};
  if (chain !== undefined && sequence !== undefined) return get(chain, BigInt(sequence));
  if (!new RegExp(`^${uuid}$`).test(what)) {
    throw new UsageError(`${what} is neither a request's id nor CHAIN/SEQUENCE.`);
  }
  const entries: AuditEntry[] = [];
  for await (const entry of audit.list({ requestId: what }, call)) entries.unshift(entry);
  if (entries.length === 0) throw nothingAbout(what);
  if (!includeTexts) return entries;
  const read = entries.map(({ position }) => position && get(position.chain, position.sequence));
  return (await Promise.all(read)).flatMap((found) => found ?? []);
}

function nothingAbout(request: string): GatewayCallError {
  const message = `Nothing is on record about the request ${request}.`;
  return new GatewayCallError(Code.NotFound, message, { reason: "AUDIT_ENTRY_NOT_FOUND" });
}

function asText({ entry, proven }: ShownEntry): string {
  return auditEntrySheet(entry) + (proven ? provenText(proven) : "");
}

function asJson(shown: readonly ShownEntry[]): string {
  const options = { useProtoFieldName: true, alwaysEmitImplicit: true };
  const entries = shown.map(({ entry, proof, proven }) => ({
    ...(toJson(AuditEntrySchema, entry, options) as object),
    ...(proof && { proof: toJson(GetInclusionProofResponseSchema, proof, options) }),
    ...(proven && {
      proven: {
        public_key_sha256: proven.publicKeySha256,
        is_trusted: proven.isTrusted,
        sign_time: new Date(proven.signedEpochMs).toISOString(),
      },
    }),
  }));
  return `${JSON.stringify({ entries })}\n`;
}
