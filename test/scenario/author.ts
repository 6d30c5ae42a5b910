/** Moved: this is `npm run -s author -- ...` (cli/author.ts). Still works under its old name. */
import "../../cli/author";
