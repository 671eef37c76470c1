package zone

// NewCAA makes a CAA record (RFC 8659, section 4.1). The tag has 1 to 255
// octets.
func NewCAA(name Name, ttl uint32, flags uint8, tag, value string) Record {
	return Record{Name: name, Type: TypeCAA, Class: ClassIN, TTL: ttl, Data: string([]byte{flags, byte(len(tag))}) + tag + value}
}

// CAA returns the fields of a CAA record (RFC 8659, section 4.1); ok is false
// for another type and for RDATA that end within the tag.
func (r Record) CAA() (flags uint8, tag, value string, ok bool) {
	d := r.Data
	if r.Type != TypeCAA || len(d) < 2 || len(d)-2 < int(d[1]) {
		return 0, "", "", false
	}
	end := 2 + int(d[1])
	return d[0], d[2:end], d[end:], true
}

// WithCAA returns a CAA record with other fields.
func (r Record) WithCAA(flags uint8, tag, value string) Record {
	r.Data = NewCAA(r.Name, r.TTL, flags, tag, value).Data
	return r
}
