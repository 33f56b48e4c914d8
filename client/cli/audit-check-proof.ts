import { readFileSync } from "node:fs";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import type { Command } from "commander";
import {
  type GetInclusionProofResponse,
  GetInclusionProofResponseSchema,
} from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import { InvalidProofError, verifyInclusionProof } from "../sdk/node.ts";
import { provenText, readPublicKey } from "./audit-proof.ts";
import { exitCodes } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

const notes = `
Examples:
  $ axonflow audit show 019ab1c2-7c1e-7a55-8a2f-0d5c1b7e9f10 --proof --json > proof.json
  $ axonflow audit check-proof proof.json --public-key gateway.pem

What is proven is that the record of this place and time is in the log: what the JSON says of it beside the proof is not.
Exit status: 0 every proof holds; 1 one does not; 2 wrong usage, or the file has no proof.`;

/** Adds `axonflow audit check-proof`, which asks nobody. */
export function addAuditCheckProofCommand(audit: Command): void {
  audit
    .command("check-proof")
    .summary("check a proof that was kept, without a gateway")
    .description("Checks the proofs that `axonflow audit show --proof --json` printed.")
    .argument("<file>", "what it printed; - is stdin")
    .option("--public-key <file>", "the only key that may have signed, as PEM or DER")
    .addHelpText("after", notes)
    .action((file: string, { publicKey }: { readonly publicKey?: string }) => {
      const trusted = publicKey === undefined ? undefined : readPublicKey(publicKey);
      for (const proof of readProofs(file)) {
        const { holds, said } = check(proof, trusted);
        process.stdout.write(said);
        if (!holds) process.exitCode = exitCodes.failure;
      }
    });
}

function check(proof: GetInclusionProofResponse, trusted: Uint8Array | undefined) {
  try {
    const proven = verifyInclusionProof(proof, trusted);
    const { chain, sequence, epochMs } = proven;
    const place = `record ${chain}/${sequence} of ${new Date(epochMs).toISOString()}`;
    return { holds: true, said: `${place}\n${provenText(proven)}` };
  } catch (error) {
    if (!(error instanceof InvalidProofError)) throw error;
    return { holds: false, said: `${error.message}\n` };
  }
}

/** Throws a UsageError where there is none. */
function readProofs(file: string): readonly GetInclusionProofResponse[] {
  const text = read(file);
  try {
    const { entries } = JSON.parse(text) as { readonly entries: readonly { proof?: JsonValue }[] };
    const proofs = entries.flatMap(({ proof }) => (proof === undefined ? [] : [proof]));
    if (proofs.length === 0) throw new Error("no entry has a proof");
    return proofs.map((proof) => fromJson(GetInclusionProofResponseSchema, proof));
  } catch {
    throw new UsageError(
      `${file} has no proof. \`axonflow audit show <entry> --proof --json\` prints what is checked here.`,
    );
  }
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new UsageError(`${file} cannot be read (${why}).`);
  }
}
