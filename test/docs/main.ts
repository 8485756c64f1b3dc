import { writeFileSync } from "node:fs";

import { composePage, renderComposePage } from "./compose-page.js";

writeFileSync(composePage, renderComposePage());
