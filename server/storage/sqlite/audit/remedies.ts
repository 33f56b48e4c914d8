import { type Remedies, storeRemedies } from "../sqlite-refused.ts";

/** For the file of the audit log. */
export const auditRemedies: Remedies = {
  ...storeRemedies,
  "in-use":
    "is in use by another gateway. Give each its own AXONFLOW_DATA_DIR; several gateways keep one audit log in PostgreSQL (AXONFLOW_DATABASE_URL).",
  damaged:
    "is damaged, or no file of an audit log. Keep it for whoever examines this, with the files beside it that begin with its name; then put a backup in its place, or move all of them away: the log begins anew, and what it held has to be verified from the copy.",
};
