// The pages' policy forbids making markup from text, which our own scripts never do. This file stands where a
// library has to: htmx puts in what this server has sent, and the admin's jQuery builds its widgets. Scripts and
// the addresses of scripts stay forbidden: the policy below can make neither.

globalThis.trustedTypes?.createPolicy("default", { createHTML: (markup) => markup });
