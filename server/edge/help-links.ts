import { create } from "@bufbuild/protobuf";
import type { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { type Help, HelpSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { reasonName } from "../core/error.ts";

/** Where the operator's page about a reason is, as the `google.rpc.Help` of an error. */
export type HelpLinks = (reason: ErrorReason) => Help;

/**
 * Links to the page at `url`, which has one heading for each reason: `#rate_limited`, in lower case as Markdown renders
 * anchors. Where the URL has `{reason}` in it, that is replaced instead. Each is made once, so that an error costs no more.
 */
export function createHelpLinks(url: string): HelpLinks {
  const made = new Map<ErrorReason, Help>();
  return (reason) => {
    const known = made.get(reason);
    if (known) return known;
    const link = create(HelpSchema, { links: [linkTo(url, reasonName(reason))] });
    made.set(reason, link);
    return link;
  };
}

function linkTo(page: string, reason: string) {
  const anchor = reason.toLowerCase();
  const url = page.includes("{reason}") ? page.replaceAll("{reason}", anchor) : `${page}#${anchor}`;
  return { description: `What ${reason} means and what to do`, url };
}
