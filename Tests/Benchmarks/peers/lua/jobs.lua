-- Crumbgate's jobs as a careful engineer would write them for nginx: string scans instead of regular expressions on the
-- hot path, tables and the MAC context made once per worker, one shared-dict call per counter, one variable per
-- rewritten request field, and a body filter that leaves at once when there is nothing to insert.

local ffi = require "ffi"
local lrucache = require "resty.lrucache"

local ngx, string, table = ngx, string, table
local find, sub, byte, lower = string.find, string.sub, string.byte, string.lower
local concat = table.concat
local counters = ngx.shared.counters

local CONSENT_COOKIE = "crumbgate"
local REVISION = "4be00d6a"

-- Which category a cookie belongs to ------------------------------------------------------------------------------

local required = { authentication = true, status = true, cart = true, security = true, payment = true }
local categoryOfName = {
    shop_session = "authentication", remember_me = "authentication", logged_in = "status", cart = "cart",
    csrf_token = "security", payment_ref = "payment", theme = "personalisation", language = "personalisation",
    _ga = "analytics", _gid = "analytics", _et_coid = "analytics", _fbp = "remarketing", _gcl_au = "remarketing",
    chat_id = "chat",
}
local categoryOfPrefix = {
    { "_ga_", "analytics" }, { "_hj", "analytics" }, { "_gac_", "remarketing" }, { "_pk_", "analytics" },
}

local function categoryOf(name)
    local category = categoryOfName[name]
    if category then return category end
    for i = 1, #categoryOfPrefix do
        local rule = categoryOfPrefix[i]
        if sub(name, 1, #rule[1]) == rule[1] then return rule[2] end
    end
    return nil
end

-- The consent cookie: "1.REVISION.DAY.CATEGORIES.MAC" -----------------------------------------------------------------

ffi.cdef [[
    typedef struct hmac_ctx_st HMAC_CTX;
    typedef struct evp_md_st EVP_MD;
    HMAC_CTX *HMAC_CTX_new(void);
    const EVP_MD *EVP_sha256(void);
    int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md, void *impl);
    int HMAC_Update(HMAC_CTX *ctx, const char *data, size_t len);
    int HMAC_Final(HMAC_CTX *ctx, unsigned char *md, unsigned int *len);
    int CRYPTO_memcmp(const void *a, const void *b, size_t len);
]]
local crypto = ffi.C
local secret = os.getenv("BENCH_SECRET") or error("BENCH_SECRET is not set")
local mac = crypto.HMAC_CTX_new()
assert(crypto.HMAC_Init_ex(mac, secret, #secret, crypto.EVP_sha256(), nil) == 1)
local digest = ffi.new("unsigned char[32]")
local digestLength = ffi.new("unsigned int[1]")

-- The granted optional categories as a table, or nil when the visitor has not decided.
local function verifiedConsent(value)
    if not value or sub(value, 1, 11) ~= "1." .. REVISION .. "." then return nil end
    local dayEnd = find(value, ".", 12, true)
    if not dayEnd then return nil end
    local categoriesEnd = find(value, ".", dayEnd + 1, true)
    if not categoriesEnd then return nil end
    local sent = ngx.decode_base64(sub(value, categoriesEnd + 1))
    if not sent or #sent ~= 16 then return nil end
    if crypto.HMAC_Init_ex(mac, nil, 0, nil, nil) ~= 1 then return nil end
    crypto.HMAC_Update(mac, value, categoriesEnd - 1)
    crypto.HMAC_Final(mac, digest, digestLength)
    if crypto.CRYPTO_memcmp(digest, sent, 16) ~= 0 then return nil end
    local day = tonumber(sub(value, 12, dayEnd - 1))
    if not day or ngx.time() / 86400 - day > 182 then return nil end
    local granted = {}
    local from = dayEnd + 1
    while from < categoriesEnd do
        local to = find(value, "-", from, true)
        if not to or to > categoriesEnd then to = categoriesEnd end
        granted[sub(value, from, to - 1)] = true
        from = to + 1
    end
    return granted
end

-- The request ---------------------------------------------------------------------------------------------------------

local truncatedAddresses = assert(lrucache.new(10000))

local function truncated(address)
    local known = truncatedAddresses:get(address)
    if known then return known end
    local prefix = string.match(address, "^(%d+%.%d+%.%d+)%.%d+$")
    local result
    if prefix then
        result = prefix .. ".0"
    else
        local a, b, c = string.match(address, "^(%x+):(%x+):(%x+):")
        result = a and (a .. ":" .. b .. ":" .. c .. "::") or "::"
    end
    truncatedAddresses:set(address, result)
    return result
end

local jobs = {}

function jobs.request()
    local var = ngx.var
    var.truncated_address = truncated(var.remote_addr)
    local context = { withheld = nil }
    ngx.ctx.crumbs = context
    local granted = verifiedConsent(var.cookie_crumbgate)
    if granted then
        context.isDecided = true
    elseif var.http_sec_gpc == "1" then
        granted = {}
    end
    context.granted = granted

    local cookies = var.http_cookie
    if not cookies then return end
    local kept, keptCount, withheld, withheldCount = {}, 0, nil, 0
    local from, count = 1, #cookies
    while from <= count do
        local to = find(cookies, ";", from, true) or count + 1
        while byte(cookies, from) == 32 do from = from + 1 end
        local equals = find(cookies, "=", from, true)
        if equals and equals < to then
            local name = sub(cookies, from, equals - 1)
            if name ~= CONSENT_COOKIE then
                local category = categoryOf(name)
                if category and (required[category] or (granted and granted[category])) then
                    keptCount = keptCount + 1
                    kept[keptCount] = sub(cookies, from, to - 1)
                else
                    if not withheld then withheld = {} end
                    withheldCount = withheldCount + 1
                    withheld[withheldCount] = name
                end
            end
        end
        from = to + 1
    end
    context.withheld = withheld
    if keptCount > 0 then var.granted_cookies = concat(kept, "; ") end
end

-- The response head ---------------------------------------------------------------------------------------------------

local EXPIRED = "=; Max-Age=0; Path="

local function keeps(line, granted)
    local equals = find(line, "=", 1, true)
    if not equals then return false end
    local name = sub(line, 1, equals - 1)
    if name == CONSENT_COOKIE then return false end
    local category = categoryOf(name)
    if category and (required[category] or (granted and granted[category])) then return true, name end
    return false, name
end

function jobs.responseHead()
    local header = ngx.header
    local context = ngx.ctx.crumbs
    local lines, count = {}, 0
    local sent = header["Set-Cookie"]
    if sent then
        if type(sent) == "string" then sent = { sent } end
        for i = 1, #sent do
            local isKept, name = keeps(sent[i], context.granted)
            if isKept then
                count = count + 1
                lines[count] = sent[i]
            else
                context.refused = context.refused or {}
                context.refused[#context.refused + 1] = name
            end
        end
    end
    local withheld = context.withheld
    if withheld then
        local host = ngx.var.host
        local atRoot = EXPIRED .. "/"
        local atSite = atRoot .. "; Domain=" .. (find(host, "www.", 1, true) == 1 and sub(host, 5) or host)
        local atHost = atRoot .. "; Domain=" .. host
        local atPath = EXPIRED .. ngx.var.uri
        for i = 1, #withheld do
            local name = withheld[i]
            lines[count + 1] = name .. atRoot
            lines[count + 2] = name .. atSite
            lines[count + 3] = name .. atHost
            lines[count + 4] = name .. atPath
            count = count + 4
        end
    end
    if count > 0 or sent then header["Set-Cookie"] = count > 0 and lines or nil end

    local contentType = header["Content-Type"]
    if ngx.status ~= 206 and contentType and sub(lower(contentType), 1, 9) == "text/html"
        and not header["Content-Encoding"] then
        context.isDocument = true
        header["Content-Length"] = nil
        header["Accept-Ranges"] = "none"
        local tag = header["ETag"]
        if tag and sub(tag, 1, 2) ~= "W/" then header["ETag"] = "W/" .. sub(tag, 1, -2) .. '-c"' end
        header["Cache-Control"] = "private, no-cache"
        header["Vary"] = "Cookie, Sec-GPC"
    end
end

-- The response body ---------------------------------------------------------------------------------------------------

local HEAD_MARKUP = '<link rel="stylesheet" href="/.crumbgate/style.css"><script src="/.crumbgate/guard.js"></script>'
local SETTINGS_LINK = '<div id="crumbgate"><a id="crumbgate-settings" href="/.crumbgate/settings">Cookie settings</a></div>'
local BANNER = [[<div id="crumbgate" role="region" aria-labelledby="crumbgate-title"><form method="post" ]]
    .. [[action="/.crumbgate/consent"><h2 id="crumbgate-title">Cookies in this shop</h2><p>Some cookies are needed for ]]
    .. [[the shop to work. Others help us to see what is used, and to advertise. You decide.</p><p>]]
    .. [[<button id="crumbgate-accept" name="answer" value="accept">Accept all</button>]]
    .. [[<button id="crumbgate-reject" name="answer" value="reject">Reject all</button>]]
    .. [[<button id="crumbgate-settings" name="answer" value="settings">Settings</button></p></form></div>]]

-- Finds a tag from a place on and answers with the place behind it.
local function behindTag(text, open, from)
    local start = find(text, open, from, true) or find(lower(text), open, from, true)
    if not start then return nil end
    local close = find(text, ">", start, true)
    return close and close + 1
end

-- The places behind "<head…>" and, past the head's scripts, behind "<body…>".
local function places(text)
    local inHead = behindTag(text, "<head", 1)
    local pastHead = inHead and behindTag(text, "</head", inHead)
    return inHead, pastHead and behindTag(text, "<body", pastHead)
end

function jobs.responseBody()
    local context = ngx.ctx.crumbs
    if not context.isDocument then return end
    local chunk = ngx.arg[1]
    if context.held then chunk = context.held .. chunk end
    local inHead, inBody = places(chunk)
    if not inBody and not ngx.arg[2] and #chunk < 65536 then
        context.held = chunk
        ngx.arg[1] = nil
        return
    end
    context.isDocument = false
    if not inBody then
        ngx.arg[1] = chunk
        return
    end
    ngx.arg[1] = concat {
        sub(chunk, 1, inHead - 1), HEAD_MARKUP, sub(chunk, inHead, inBody - 1),
        context.isDecided and SETTINGS_LINK or BANNER, sub(chunk, inBody),
    }
    context.held = nil
end

-- The counts ----------------------------------------------------------------------------------------------------------

local function add(key) counters:incr(key, 1, 0) end

function jobs.count()
    local context = ngx.ctx.crumbs
    if not context then return end
    local day = ngx.today()
    local status = ngx.status
    add(day .. " status " .. status)
    add(day .. " place unknown")
    add(day .. (context.isDecided and " consent decided" or " consent undecided"))
    if ngx.var.http_sec_fetch_dest == "document" then add(day .. " page " .. ngx.var.uri) end
    local withheld = context.withheld
    if withheld then for i = 1, #withheld do add(day .. " withheld " .. withheld[i]) end end
    local refused = context.refused
    if refused then for i = 1, #refused do add(day .. " refused " .. refused[i]) end end
end

return jobs
