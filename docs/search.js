/* Search of the documentation site, also where the site is opened as a file. Needs lunr.js, and
   index.js with the texts of all pages (tools/site_hooks.py); both are fetched on the page of
   results only. Results are sections of pages, best first. */
(() => {
  const results = document.getElementById("mkdocs-search-results");
  const input = document.getElementById("mkdocs-search-query");
  if (!results || !input) return;

  const AROUND = 90;  // characters of a section shown on either side of a word that was found
  const MOST = 40;

  const load = (name) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `${base_url}/search/${name}`;
    script.onload = done;
    script.onerror = () => failed(new Error(`cannot read ${name}`));
    document.head.append(script);
  });

  const say = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    results.replaceChildren(line);
  };

  /** A line of the section's text around the first of the words. */
  const excerpt = (text, words) => {
    const lower = text.toLowerCase();
    const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
    const at = places.length ? Math.min(...places) : 0;
    const start = Math.max(0, at - AROUND), end = Math.min(text.length, at + 2 * AROUND);
    return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
  };

  const shown = (page, words) => {
    const article = document.createElement("article");
    const heading = document.createElement("h3");
    const link = document.createElement("a");
    link.href = `${base_url}/${page.location}`;
    link.textContent = page.title;
    heading.append(link);
    const text = document.createElement("p");
    text.textContent = excerpt(page.text, words);
    article.append(heading, text);
    return article;
  };

  /** Sections, not whole pages; a page is found by the text before its first section. */
  const sections = (docs) => {
    const parents = new Set(docs.filter((page) => page.location.includes("#"))
      .map((page) => page.location.split("#")[0]));
    return docs.filter((page) => !parents.has(page.location))
      .map((page) => ({...page, text: page.text.replaceAll("\u00b6", "")}));
  };

  /** Pages for readers come before those for contributors. */
  const weight = (place) => {
    if (/^(howto|tutorial|concepts|faq|terms|index|strategies)/.test(place)) return 3;
    return /^(decisions|formats|HACKING|STYLE|architecture|fuzzing|glossary)/.test(place) ? 0.5 : 1;
  };

  const start = () => {
    const docs = sections(window.melianSearchIndex.docs);
    const pages = new Map(docs.map((page) => [page.location, page]));
    const index = lunr(function () {
      this.ref("location");
      this.field("title", {boost: 8});
      this.field("text");
      docs.forEach((page) => this.add(page, {boost: weight(page.location)}));
    });
    const search = () => {
      const words = input.value.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
      if (!words.length) return say("Type a word to search for.");
      const found = index.query((query) => words.forEach((word) => {
        query.term(lunr.stemmer(new lunr.Token(word)).toString(), {boost: 4});
        query.term(word, {wildcard: lunr.Query.wildcard.TRAILING});
      })).slice(0, MOST);
      if (!found.length) return say("Nothing was found.");
      results.replaceChildren(...found.map((one) => shown(pages.get(one.ref), words)));
    };
    input.addEventListener("input", search);
    search();
  };

  input.value = new URLSearchParams(location.search).get("q") ?? "";
  load("lunr.js").then(() => load("index.js")).then(start)
    .catch((error) => say(`The search cannot start: ${error.message}.`));
})();
