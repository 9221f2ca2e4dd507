"""Words that pages of any site put around their articles, in the languages that readers are likely to keep.

These support the structure that `clutter` reads; none names a site or a topic. Each list is matched against a whole
short line, or as a phrase inside a sentence, in lower case.
"""

from __future__ import annotations

import re

# The commonest words of some twenty languages: running text is full of them, menus are not.
STOP_WORDS = frozenset(
    ["a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has", "have", "he", "her", "his", "i", "if", "in", "is", "it", "its", "not", "of", "on", "or", "our", "she", "so", "than", "that", "the", "their", "them", "there", "they", "this", "to", "us", "was", "we", "were", "what", "when", "which", "who", "will", "with", "would", "you", "your", "said", "der", "die", "das", "und", "ist", "den", "dem", "des", "ein", "eine", "einen", "von", "zu", "mit", "sich", "auf", "für", "im", "nicht", "auch", "als", "es", "an", "werden", "aus", "er", "hat", "dass", "sie", "nach", "bei", "um", "wird", "war", "sind", "noch", "wie", "einer", "über", "le", "la", "les", "de", "du", "et", "est", "un", "une", "des", "en", "que", "qui", "dans", "pour", "pas", "sur", "au", "par", "il", "elle", "sont", "avec", "plus", "ce", "cette", "aux", "ont", "ne", "se", "mais", "été", "el", "los", "las", "y", "que", "del", "se", "por", "con", "una", "para", "es", "al", "lo", "como", "más", "su", "sus", "fue", "ha", "pero", "este", "esta", "son", "entre", "o", "os", "e", "da", "do", "em", "um", "uma", "dos", "das", "no", "na", "não", "com", "ao", "foi", "mais", "à", "pelo", "pela", "são", "ou", "il", "gli", "di", "che", "è", "per", "non", "del", "della", "dei", "delle", "si", "nel", "alla", "anche", "come", "sono", "ma", "ha", "le", "lo", "het", "een", "van", "en", "dat", "niet", "op", "te", "zijn", "voor", "met", "die", "aan", "ook", "er", "maar", "om", "bij", "naar", "was", "door", "och", "att", "det", "som", "på", "är", "av", "för", "den", "med", "inte", "till", "har", "om", "var", "ett", "jag", "og", "i", "ikke", "til", "af", "at", "der", "en", "ja", "on", "ei", "se", "että", "oli", "mutta", "hän", "kun", "w", "z", "na", "i", "do", "że", "nie", "jest", "się", "to", "przez", "oraz", "od", "po", "ale", "dla", "a", "v", "se", "je", "na", "že", "s", "do", "by", "és", "hogy", "nem", "az", "egy", "volt", "de", "şi", "în", "la", "cu", "pe", "care", "nu", "din", "ve", "bir", "bu", "için", "ile", "da", "de", "olan", "olarak", "çok", "daha", "и", "в", "не", "на", "что", "с", "по", "как", "это", "из", "за", "от", "он", "для", "к", "то", "его", "но", "у", "же", "была", "было", "были", "та", "що", "до", "як", "які", "року", "και", "το", "να", "του", "η", "της", "με", "για", "που", "στο", "είναι", "من", "في", "على", "أن", "إلى", "ان", "التي", "الذي", "هذا", "عن", "مع", "كان", "لم", "ما", "هذه", "بعد", "و", "که", "از", "به", "در", "این", "را", "با", "است", "برای", "آن", "می", "های", "של", "את", "על", "לא", "כי", "גם", "הוא", "זה", "עם", "के", "में", "की", "है", "और", "से", "को", "का", "पर", "ने", "एक", "कि", "yang", "dan", "di", "itu", "dengan", "untuk", "tidak", "dari", "dalam", "pada", "ini", "adalah", "của", "và", "là", "có", "trong", "được", "cho", "không", "một", "các"]
)

# A short line that is one of these is a button, a menu or a label of the page.
_LABELS = (
    # navigation and account
    "home|menu|navigation|main menu|site (?:map|navigation|search)|search(?: this site)?|skip to .{1,40}|jump to .{1,20}"
    "|(?:open|close|show|hide|toggle)(?: (?:the )?(?:menu|search|navigation|sidebar|main menu|submenu))+"
    "|close|back(?: to (?:top|home|the top|main))?|top of page|next(?: (?:article|post|story|page))?"
    "|previous(?: (?:article|post|story|page))?|prev|load more.{0,20}|show (?:more|less|all).{0,20}|see (?:more|all).{0,30}"
    "|view (?:more|all|profile|comments|gallery|image|full .{1,20}|vendor details).{0,20}|more|less|expand|collapse"
    "|sign (?:in|up|out)(?: .{0,30})?|log ?(?:in|out)(?: .{0,30})?|register(?: now)?|my (?:account|profile)|subscribe(?: now| today)?"
    "|create (?:an )?account|forgot(?:ten)? (?:your )?(?:password|details).{0,5}|username|password|remember me|account|settings|edition"
    "|loading.{0,20}|please wait.{0,10}|submit|cancel|apply|clear|ok|go|yes|no|filter|sort by.{0,20}|select .{1,30}"
    # sharing and printing
    "|share(?: (?:this|on|via|to|by|with|article|story|post|page|options?|link|full article|using).{0,50})?|shares?"
    "|tweet(?: this)?|pin(?: it)?|e-?mail(?: this.{0,20}| to .{0,20}| article)?|print(?: (?:this )?(?:page|article|story))?|copy(?: link| url)?"
    "|link copied.{0,20}|copied.{0,20}|facebook|twitter|x|linkedin|pinterest|reddit|whatsapp|telegram|tumblr|instagram|youtube|flipboard"
    "|messenger|google ?(?:plus|\\+)|rss(?: feed)?|mail|bookmark|save(?: (?:this|for later|article|story))?|saved|gift(?: this)? article|bluesky|threads|tiktok|snapchat"
    "|send(?: to.{0,20})?|like|follow(?: us| me)?(?: on .{1,40})?|connect with us|stay connected|listen(?: to .{1,30})?|read aloud|text size|font size"
    # advertising, consent, other articles
    "|advertisement.{0,40}|advertising|ad|ads by .{1,20}|sponsored(?: (?:content|links|by)?.{0,20})?|promoted.{0,20}|(?:article|story) continues below.{0,30}|scroll (?:down )?to continue.{0,30}"
    "|(?:accept|reject|allow|manage)(?: all)?(?: (?:cookies|preferences|settings|choices|options))?(?: (?:accept|reject|allow) all)?|confirm my choices|always active|cookie (?:settings|policy|preferences|list|notice)|privacy(?: (?:policy|settings|notice|center|centre))?"
    "|terms(?: (?:of|and|&) (?:use|service|conditions|sale))?|contact(?: us)?|about(?: us)?|careers|jobs|advertise(?: with us)?|help(?: (?:center|centre))?|faqs?|imprint|impressum|accessibility|disclaimer|licensing|do not sell .{1,60}"
    "|related(?: (?:articles?|stories|content|topics?|posts?|news|links?|coverage|video|videos|items|reading|tags))?|related to this .{1,20}|read (?:more|next|also|on|full .{1,20})|also read|see also:?|further reading"
    "|more (?:on|from|in|about|like) .{1,60}|more (?:news|stories|articles|coverage)|most (?:read|popular|viewed|shared|recent|watched|commented).{0,30}|trending(?: now| .{1,20})?|popular (?:now|posts|stories|articles|news|on .{1,20})|latest (?:news|stories|articles|posts|headlines|videos)|top (?:stories|news|articles|headlines)|recommended(?: (?:for you|stories|reading|by.{0,20}))?"
    "|you (?:may|might) (?:also )?(?:like|be interested in).{0,30}|editors?['’]?s? picks?|don['’]?t miss.{0,20}|in this (?:article|story)|what to read next|up next|more to explore|around the web|from (?:around )?the web|suggested .{1,20}|explore more"
    "|(?:\\d+ |no |post a |leave a |view |show |add (?:a )?|join the |all )?(?:comments?|reply|replies|responses?|discussion)(?: \\(?\\d+\\)?)?|comments? (?:are )?(?:closed|off|disabled).{0,20}|be the first to comment.{0,10}|newsletters?|topics?|tags?:?.{0,10}|filed under:?|categor(?:y|ies):?|share your thoughts.{0,10}|got a tip.{0,20}|video|videos|photos?|gallery|(?:image|picture) \\d+|\\d+ of \\d+|slide \\d+.{0,10}|image (?:source|credit|caption).{0,5}|play(?: video)?|watch(?: (?:now|live|video|more))?|exit (?:mobile version|full ?screen)|view (?:desktop|mobile|full) (?:version|site)"
    # players of video and sound
    "|(?:font|background|window|text|character edge|caption|subtitles?|captions?|descriptions?|chapters?|quality|language|audio track)(?: (?:family|colou?r|size|opacity|style|edge style|options|settings(?: dialog)?|background|off|unavailable|automatic|transparency|window|and|track|english|, selected|,|hd|selected|default|language))+"
    "|font|playing on|quality|speed|subtitles|captions|descriptions|chapters|mute|unmute|fullscreen|live|stream type live|default|(?:current|duration|remaining) time.{0,12}|playback rate|beginning of dialog window.{0,80}|end of dialog window.{0,20}|this is a modal window.{0,120}|watch in vr.{0,12}|\\d\\d?:\\d\\d(?: ?/ ?\\d\\d?:\\d\\d)?|arrow_(?:back|forward)|breadcrumbs?"
    # other languages
    "|startseite|menü|suche|suchen|anmelden|abmelden|registrieren|teilen|drucken|weiterlesen|mehr (?:zum thema|lesen|anzeigen)|lesen sie auch.{0,60}|kommentare|anzeige|werbung|datenschutz|impressum|kontakt|nach oben|alle rechte vorbehalten"
    "|accueil|rechercher|recherche|se connecter|s['’]inscrire|s['’]abonner|partager(?: .{1,30})?|imprimer|lire (?:aussi|la suite|plus).{0,60}|à lire aussi.{0,60}|commentaires?|publicité|mentions légales|confidentialité|nous contacter|voir (?:plus|aussi).{0,40}|tout accepter|tout refuser"
    "|inicio|buscar|iniciar sesión|regístrate|registrarse|suscríbete|compartir(?: .{1,30})?|imprimir|leer (?:más|también).{0,60}|lea también.{0,60}|ver más.{0,20}|te puede interesar.{0,20}|comentarios|publicidad|aviso legal|política de privacidad|contacto|síguenos.{0,30}|más (?:noticias|leídas|información).{0,20}|temas relacionados|noticias relacionadas|aceptar(?: todo| cookies)?|rechazar(?: todo)?"
    "|início|pesquisar|entrar|assine.{0,20}|compartilhar.{0,20}|partilhar.{0,20}|leia (?:mais|também).{0,60}|comentários|publicidade|veja também.{0,60}|siga-nos.{0,20}|mais lidas"
    "|cerca|accedi|abbonati|condividi(?: .{1,30})?|stampa|leggi anche.{0,60}|commenti|pubblicità|seguici.{0,20}|informativa.{0,30}|accetta.{0,20}"
    "|zoeken|inloggen|aanmelden|delen(?: .{1,20})?|lees (?:ook|meer|verder).{0,60}|reacties|advertentie|abonneren"
    "|szukaj|zaloguj.{0,10}|udostępnij|czytaj (?:też|także|więcej).{0,60}|komentarze|reklama"
    "|главная|поиск|войти|вход|регистрация|поделиться.{0,20}|читайте также.{0,60}|читать (?:далее|ещё).{0,20}|комментарии|реклама|подписаться.{0,20}"
    "|ana sayfa|ara|giriş yap|paylaş|yorumlar|reklam|ilgili haberler"
    "|الرئيسية|بحث|تسجيل الدخول|مشاركة|شارك|اقرأ أيضا.{0,60}|اقرأ المزيد|التعليقات|إعلان"
    "|首页|登录|注册|分享|评论|广告|相关(?:新闻|文章|阅读)|ホーム|検索|ログイン|シェア|関連記事|コメント"
)
_LABEL = re.compile(rf"[\W_]*(?:{_LABELS})[\W_]*", re.I)

# Sentences that a page says about itself, wherever they stand.
_NOTICES = re.compile(
    r"\b(?:we|us(?:es?|ing)|our|partners|this (?:web)?site|by) [^.]{0,80}\bcookies?\b|\bcookies? (?:policy|settings|preferences|consent|notice|are used|to (?:ensure|improve|give|provide|personali[sz]e|help))"
    r"|\bthese cookies\b|\btargeting cookies\b|\bstrictly necessary\b.{0,20}\bcookies\b|\b(?:accept|allow|block|disable) (?:all )?cookies\b"
    r"|\ball rights reserved\b|\balle rechte vorbehalten\b|\btous droits réservés\b|\b(?:todos los )?derechos reservados\b|\btodos os direitos reservados\b|\btutti i diritti riservati\b|все права защищены"
    r"|\bwayback machine\b|\bcaptures?\b.{0,30}\b(?:19|20)\d\d - |\bcollected by\b$|\bweb crawl(?:s|ing)? data\b"
    r"|\b(?:sign up|subscribe|register)\b[^.]{0,60}\b(?:newsletters?|email alerts?|mailing list|our (?:daily|weekly|free)|inbox|notifications|youtube channel)\b"
    r"|\b(?:newsletter|inbox)\b[^.]{0,40}\b(?:sign up|subscribe|delivered)\b|\bdelivered (?:straight |directly )?to your inbox\b|\bget [^.]{0,60}\b(?:in your inbox|by email)\b"
    r"|\bby (?:signing up|subscribing|submitting|clicking|continuing|registering|entering)\b[^.]{0,60}\b(?:you|agree)\b"
    r"|\blearn more about this provider|\bmaximum storage duration\b|\bcookie declaration\b|\bconsent id\b|\bform of cookies\b|\bused to (?:send data|detect|track|collect|identify|store|distinguish|determine|register)[^.]{0,80}\b(?:visitors?|users?)\b|\b(?:store|retrieve) information on your (?:browser|device)\b|\bblocking some types of\b|\bcookies\b[^.]{0,60}\b(?:experience|functionality|preferences|advertis\w+)\b"
    r"|\b(?:enable|turn on|requires?|without) javascript\b|\bjavascript (?:is|to be|must be|enabled|disabled)\b|\byour browser (?:does|is|doesn)\b|\bupgrade your browser\b"
    r"|\bmay (?:earn|receive) (?:an? )?(?:affiliate )?commission\b|\baffiliate links?\b|\bmay not be (?:published|reproduced|redistributed)\b|\bprotected by recaptcha\b|\bnot responsible for (?:the )?content of external\b"
    r"|\b(?:you (?:have|must|need to) (?:to )?be|please) (?:log|sign)(?:ged|ed)? ?in\b|\balready (?:a|have an?) (?:member|subscriber|account|registered)\b|\bcontact information included above\b"
    r"|\bfollow (?:us|him|her|me|them) (?:on|@)|\blike us on facebook\b|\bjoin (?:us|the conversation) on\b|\bexit mobile version\b|\bclick here to (?:subscribe|sign up|read|download)\b"
    r"|\byour (?:support|donations?|contributions?|subscription) (?:helps?|allows?|makes?|enables?|keeps?|means|funds?|will help)\b|\b(?:please|to) (?:donate|pitch in)\b|\bsupport (?:our|independent|quality) journalism\b"
    r"|\bmodal window\b|\bescape will cancel and close\b|\bopt[- ]?out of (?:the |our )?(?:sale|sales|use|first|cookies)\b|\bfor free unlimited access\b|\bpersonal data\b[^.]{0,60}\b(?:process(?:ed|ing)|consent|partners)\b|\bprivacy (?:policy|preference)"
    r"|\bverwende[nt] [^.]{0,40}cookies\b|\butilis(?:e|ons) [^.]{0,40}\bcookies\b|\butiliza(?:mos)? [^.]{0,40}\bcookies\b|\butilizza(?:mo)? [^.]{0,40}\bcookies?\b|\bgebruik(?:t|en) [^.]{0,40}cookies\b",
    re.I,
)

# A heading that opens what comes after the article.
_AFTERWARD = re.compile(
    r"[\W_]*(?:\d+ )?(?:related (?:articles?|stories|content|posts?|news|links?|coverage|reading|topics?)|read (?:next|more|also)|recommended(?: .{1,30})?|more (?:from|on|in|like|stories|news)\b.{0,60}|most (?:read|popular|viewed|shared|commented)\b.{0,30}|trending\b.{0,20}"
    r"|latest (?:news|stories|articles|posts|headlines|videos|from)\b.{0,30}|top stories\b.{0,20}|you (?:may|might) (?:also )?(?:like|be interested)\b.{0,30}|what to read next|up next|around the web|from (?:around )?the web|popular (?:now|posts|stories|articles|news)"
    r"|leave a (?:reply|comment)|post a comment|add a comment|comments?|newsletters?|sign up\b.{0,60}|subscribe\b.{0,60}|about the authors?|editors?['’]?s? picks?"
    r"|mehr zum thema|das könnte sie auch interessieren|kommentare|à lire aussi|sur le même sujet|commentaires|noticias relacionadas|te puede interesar|más noticias|más leídas|comentarios|leia também|mais lidas|leggi anche|commenti|lees ook|reacties|читайте также|комментарии|ilgili haberler"
    r")[\W_]*",
    re.I,
)


def is_label(line: str) -> bool:
    """A button, menu entry or caption of the page: the whole line says nothing else."""
    return len(line) <= 90 and _LABEL.fullmatch(line) is not None


def is_notice(text: str, words: int) -> bool:
    """Sentences of the page about itself: cookies, rights, newsletters, browsers; one in a long text is not enough."""
    return sum(1 for _ in _NOTICES.finditer(text)) * 80 > words


def opens_other_matter(heading: str) -> bool:
    """A heading such as "Related articles" or "Comments"."""
    return len(heading) <= 90 and _AFTERWARD.fullmatch(heading) is not None


_COMMENTS = re.compile(
    r"[\W_]*(?:(?:\d[\d,.]* )?(?:comments?|responses?|replies|thoughts?|kommentare?|commentaires?|comentarios?|comentários?"
    r"|commenti|reacties|комментари(?:и|ев|й|я)|yorumlar?)(?: (?:to|on|zu|zum|sur|en|su|op) .{1,200})?(?: ?\(\d+\))?"
    r"|(?:leave|post|add|write) (?:a|your) (?:comment|reply)|join the (?:conversation|discussion)|reader comments?|(?:show|view|load) (?:\d+ |all )?comments"
    r"|schreiben sie einen kommentar|laisser un commentaire|deja (?:un comentario|una respuesta)|deixe um comentário|lascia un commento|добавить комментарий)[\W_]*",
    re.I,
)


_CONSENT = re.compile(
    r"[\W_]*(?:(?:your )?(?:privacy|cookie|consent)s? (?:preference|settings|manager|management|choices|options|center|centre|policy|notice|consent)s?(?: (?:center|centre|manager|tool))?"
    r"|manage (?:consent|cookie|privacy)s?(?: \w+)?|we value your privacy|we care about your privacy|do not sell .{1,60}|datenschutzeinstellungen|paramètres des cookies|configuración de (?:cookies|privacidad))[\W_]*",
    re.I,
)


def opens_consent(line: str) -> bool:
    """The line above the dialogue in which a page asks about cookies."""
    return len(line) <= 90 and _CONSENT.fullmatch(line) is not None


def opens_comments(line: str) -> bool:
    """The line above readers' comments."""
    return len(line) <= 250 and _COMMENTS.fullmatch(line) is not None
