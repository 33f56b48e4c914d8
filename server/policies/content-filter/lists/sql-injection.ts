import type { ListedPattern } from "./listed-pattern.ts";

const same = "(1|0|2|a|x|z|true)";
const destructive =
  "(drop (table|database|schema|view|user|index)|delete from|truncate( table)?|alter (table|user)|update [a-z0-9_.]+ set|insert into|shutdown)";
const delay = "((sleep|pg_sleep|benchmark) ?\\( ?['\"]?[0-9]|dbms_pipe\\.receive_message ?\\()";
/** How a payload ends: the rest of the query is a comment, and nothing of it follows. */
const cutOff = `(--|#|/\\*) ?([-'")}\`]|$)`;

/**
 * What breaks out of a quoted value and into the query around it, never SQL by itself: scripts, migrations, `GRANT`, and
 * questions about them pass, because there every quote that closes was opened. The corpus in
 * `test/unit/policies/content-filter` holds what must and what must not be found.
 */
export const sqlInjection: readonly ListedPattern[] = [
  {
    name: "always-true",
    source: [
      `['"]\\)* ?(or|\\|\\|) ?\\(*['"]?${same}['"]? ?(=|like) ?['"]?${same}\\b`,
      `['"]\\)* ?or ?['"]{2} ?= ?['"]`,
      `= ?-?[0-9]+ or 1 ?= ?1 ?(--|#|;|$)`,
    ].join("|"),
  },
  {
    name: "second-statement",
    source: `(^|[ :=>])[a-z0-9_.@-]*['"]\\)*; ?${destructive}\\b.{0,120}${cutOff}`,
  },
  {
    name: "union",
    source: [
      `(['"]\\)*|= ?-?[0-9]+\\)*) union( all)?( distinct)? select .{0,120}(information_schema\\.(tables|columns|schemata)|@@version|load_file ?\\(|sysobjects|group_concat ?\\( ?(table_name|column_name|schema_name|0x))`,
      `['"]\\)* union( all)? select [^;]{1,160}${cutOff}`,
    ].join("|"),
  },
  {
    name: "delay",
    source: [
      `(['"]|^[0-9]+|[a-z]=-?[0-9]+) ?(or|and|\\|\\|) ?\\(?(select )?${delay}`,
      `(['"]\\)*|[0-9]) ?; ?(waitfor delay|if .{0,60} waitfor delay|select pg_sleep ?\\().{0,40}${cutOff}`,
    ].join("|"),
  },
  {
    name: "login-comment",
    source: `\\b(admin|administrator|root|sa)['"] ?(--|#|/\\*)`,
  },
  {
    name: "shell",
    source: `['"]\\)* ?; ?exec(ute)? (master\\.+(dbo\\.)?)?xp_cmdshell\\b`,
  },
];
