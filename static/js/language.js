// How numbers are written on this page: as the server writes them. Left alone, Arabic would mix two kinds of digits.

export const language = `${document.documentElement.lang || "en"}-u-nu-latn`;
