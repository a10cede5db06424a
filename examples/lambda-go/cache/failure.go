package cache

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Reasons of a failure, as they appear in log and metric lines.
const (
	ReasonTimeout     = "timeout"      // no connection or no reply in time
	ReasonConnection  = "connection"   // name not resolved, connection refused or broken, certificate not trusted
	ReasonAuth        = "auth"         // the login was refused
	ReasonReadOnly    = "readonly"     // the endpoint leads to a demoted primary
	ReasonServer      = "server"       // any other error reply of Redis, such as OOM or LOADING
	ReasonSecret      = "secret"       // the secret is unreadable or malformed
	ReasonIAM         = "iam"          // no IAM token could be signed: credentials, region or a variable is missing
	ReasonCorrupt     = "corrupt"      // the cached value is not JSON of the wanted type
	ReasonEncode      = "encode"       // the loaded value cannot be written as JSON
	ReasonCircuitOpen = "circuit_open" // the breaker skipped the endpoint
	ReasonCanceled    = "canceled"     // the caller gave up
)

// These mark where an error came from; the texts of the network do not tell.
type secretError struct{ error }

func (e secretError) Unwrap() error { return e.error }

type iamError struct{ error }

func (e iamError) Unwrap() error { return e.error }

type dialError struct{ error }

func (e dialError) Unwrap() error { return e.error }

type encodeError struct{ error }

func (e encodeError) Unwrap() error { return e.error }

var (
	errCircuitOpen = errors.New("the circuit breaker is open")
	errCorrupt     = errors.New("the cached value is not JSON of the wanted type; it is loaded and overwritten")
)

func reasonOf(err error) string {
	var reply redis.Error
	switch {
	case errors.Is(err, errCircuitOpen):
		return ReasonCircuitOpen
	case errors.As(err, new(encodeError)):
		return ReasonEncode
	case errors.Is(err, errCorrupt):
		return ReasonCorrupt
	case errors.Is(err, context.Canceled):
		return ReasonCanceled
	case errors.As(err, new(secretError)):
		return ReasonSecret
	case errors.As(err, new(iamError)):
		return ReasonIAM
	case isTimeout(err):
		return ReasonTimeout
	case isRefused(err):
		return ReasonAuth
	case isReadOnly(err):
		return ReasonReadOnly
	case errors.As(err, &reply):
		return ReasonServer
	default:
		return ReasonConnection
	}
}

func isTimeout(err error) bool {
	var netErr net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, redis.ErrPoolTimeout) ||
		errors.As(err, &netErr) && netErr.Timeout()
}

// isRefused knows the replies to a wrong token: Redis 6 and newer say WRONGPASS, older ones "ERR invalid password"; NOAUTH
// means that a token is wanted and none was sent.
func isRefused(err error) bool {
	text := replyText(err)
	return strings.HasPrefix(text, "WRONGPASS") || strings.HasPrefix(text, "NOAUTH") ||
		strings.HasPrefix(text, "ERR invalid password") || strings.Contains(text, "invalid username-password pair")
}

func isReadOnly(err error) bool {
	return strings.HasPrefix(replyText(err), "READONLY")
}

// replyText is the error that Redis itself sent, "" if it sent none.
func replyText(err error) string {
	var reply redis.Error
	if errors.As(err, &reply) {
		return reply.Error()
	}
	return ""
}

// isBroken reports that the connection, and not the endpoint, is at fault: an idle connection died unseen, or leads to a
// node that is no longer the primary. The client has dropped it by now, so another attempt takes another connection.
func isBroken(err error) bool {
	if isReadOnly(err) {
		return true
	}
	ours := errors.As(err, new(secretError)) || errors.As(err, new(iamError)) || errors.As(err, new(dialError))
	return !ours && replyText(err) == "" && !isTimeout(err) && !errors.Is(err, context.Canceled)
}
